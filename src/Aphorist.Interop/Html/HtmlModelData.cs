using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Aphorist.Interop.Html;

/// <summary>The data of a page: the description of a model as JSON, and its weights in Base64.</summary>
/// <remarks>
/// A vector is stored as 32-bit floats. A matrix is stored as a 32-bit factor for each row, followed by 16-bit integers, row by row; a
/// weight is the product of the two. Each tensor starts at a multiple of 4 bytes. All values are little-endian.
/// </remarks>
internal static class HtmlModelData
{
    // Letters of all scripts stay as they are, which keeps a large vocabulary short. What could end the script element is escaped.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The texts of all tokens.</summary>
    public static IEnumerable<string> TokensOf(Tokenizer tokenizer) =>
        Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.GetText);

    /// <summary>The document of a model file, with the tensors and what the page shows.</summary>
    public static string Describe(LanguageModel model, string title, string language, HtmlModelOptions options)
    {
        JsonObject about = JsonNode.Parse(ModelFileInfo.DescribeAsJson(model))!.AsObject();
        // What unknown words cost is of no use in a page.
        about["tokenizer"]!.AsObject().Remove("spelling");
        about["tensors"] = new JsonArray([.. model.Parameters.Tensors.Select(tensor => (JsonNode)new JsonObject
        {
            ["name"] = tensor.Name,
            ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
        })]);
        about["page"] = new JsonObject
        {
            ["title"] = title,
            ["language"] = language,
            ["prompt"] = options.Prompt,
            ["temperature"] = options.Temperature,
            ["parameters"] = model.Parameters.Count,
        };
        return about.ToJsonString(Readable);
    }

    /// <summary>Writes the values of all tensors.</summary>
    public static void WriteWeights(Parameters parameters, TextWriter writer)
    {
        using Base64Writer bytes = new(writer);
        foreach (ParameterTensor tensor in parameters.Tensors)
        {
            float[] values = parameters.ToArray(tensor.Name);
            if (tensor.Shape.Count == 1)
            {
                bytes.Write(MemoryMarshal.AsBytes<float>(values));
                continue;
            }

            int rows = tensor.Shape[0], columns = values.Length / rows;
            float[] factors = [.. Enumerable.Range(0, rows).Select(row => FactorOf(values.AsSpan(row * columns, columns)))];
            bytes.Write(MemoryMarshal.AsBytes<float>(factors));
            short[] integers = new short[columns];
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                    integers[column] = (short)(factors[row] == 0 ? 0 : MathF.Round(values[row * columns + column] / factors[row]));
                bytes.Write(MemoryMarshal.AsBytes<short>(integers));
            }

            if (values.Length % 2 == 1) bytes.Write([0, 0]);
        }
    }

    private static float FactorOf(ReadOnlySpan<float> row)
    {
        float largest = 0;
        foreach (float value in row) largest = MathF.Max(largest, MathF.Abs(value));
        return largest / short.MaxValue;
    }

    /// <summary>Writes bytes in Base64, in whole groups of three.</summary>
    private sealed class Base64Writer(TextWriter writer) : IDisposable
    {
        private readonly byte[] buffer = new byte[3 << 14];
        private readonly char[] text = new char[4 << 14];
        private int count;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int length = Math.Min(bytes.Length, buffer.Length - count);
                bytes[..length].CopyTo(buffer.AsSpan(count));
                count += length;
                bytes = bytes[length..];
                if (count == buffer.Length) Flush();
            }
        }

        public void Dispose() => Flush();

        private void Flush()
        {
            writer.Write(text, 0, Convert.ToBase64CharArray(buffer, 0, count, text, 0));
            count = 0;
        }
    }
}
