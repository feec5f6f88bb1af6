using System.Text;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Loading damaged and hostile model files gives a clear error or a model, and allocates little memory.</summary>
public sealed class SafetensorsDamageTests : IDisposable
{
    // The length of hostile headers, which shows what each costs.
    private const int LongHeader = 24 << 20;

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["model.safetensors"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Architecture.Lstm)]
    [InlineData(Architecture.Gru)]
    public void Load_DamagedAtRandom_IsAnErrorOrAModel(Architecture architecture)
    {
        SampleModel.Make(new ModelSpec { Architecture = architecture, HiddenSize = 5, Layers = 2, EmbeddingSize = 3 }).Save(FilePath);
        byte[] file = File.ReadAllBytes(FilePath);
        int refused = DamagedFiles.CountRefusedSafetensors(file, DamagedFiles.Rounds / 2, Loads);

        // Most of a file is weights, where most bits give some number.
        Assert.InRange(refused, DamagedFiles.Rounds / 4, DamagedFiles.Rounds / 2 - 1);
    }

    [Theory]
    [InlineData("tensors without values")]
    [InlineData("a shape of many sizes")]
    [InlineData("a long name")]
    [InlineData("a long type")]
    [InlineData("metadata of many entries")]
    [InlineData("a long entry of metadata")]
    [InlineData("a long description")]
    [InlineData("a vocabulary of many characters")]
    [InlineData("a vocabulary of many words")]
    [InlineData("a vocabulary of one long word")]
    [InlineData("deep lists")]
    public void Load_HeaderMadeToCostMuch_IsAnErrorAtLittleCost(string kind)
    {
        byte[] file = RawSafetensors.Of(HostileHeader(kind));

        Assert.False(DamagedFiles.Measure(file, Loads));
    }

    private bool Loads(byte[] bytes) => LoadOrRefusal.Loads(FilePath, bytes);

    private static string HostileHeader(string kind)
    {
        const string tensor = "\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
        return kind switch
        {
            "tensors without values" => "{" + Repeated(number => $"\"{number}\":{{{tensor},") + $"\"\":{{{tensor}}}",
            "a shape of many sizes" => "{\"a\":{\"shape\":[" + Repeated(_ => "1,") + "1],\"dtype\":\"U8\",\"data_offsets\":[0,0]}}",
            "a long name" => "{\"" + Repeated(_ => "x") + $"\":{{{tensor},\"a\":1}}",
            "a long type" => "{\"a\":{\"dtype\":\"" + Repeated(_ => "x") + "\"}}",
            "metadata of many entries" => "{\"__metadata__\":{" + Repeated(number => $"\"{number}\":\"\",") + "\"\":\"\"}}",
            "a long entry of metadata" => "{\"__metadata__\":{\"a\":\"" + Repeated(_ => "x") + "\"}}",
            "a long description" => "{\"__metadata__\":{\"aphorist\":\"" + Repeated(_ => "x") + "\"}}",
            "a vocabulary of many characters" => Described(
                "{\"kind\":\"characters\",\"vocabulary\":\""
                + Repeated(number => char.ConvertFromUtf32(0x10000 + number % 0x100000))
                + "\"}"),
            "a vocabulary of many words" => Described(
                "{\"kind\":\"words\",\"tokens\":[\"\uFFFD\"" + Repeated(number => $",\"{number}\"") + "]}"),
            "a vocabulary of one long word" => Described("{\"kind\":\"words\",\"tokens\":[\"\uFFFD\",\"" + Repeated(_ => "x") + "\"]}"),
            _ => "{\"a\":{\"shape\":" + Repeated(_ => "[") + "}",
        };
    }

    private static string Repeated(Func<int, string> part)
    {
        StringBuilder text = new();
        for (int number = 0; text.Length < LongHeader; number++) text.Append(part(number));
        return text.ToString();
    }

    /// <summary>A header whose description of the model is right but for its tokenizer.</summary>
    private static string Described(string tokenizer)
    {
        string description =
            "{\"formatVersion\":1,\"architecture\":{\"kind\":\"lstm\",\"hiddenSize\":5,\"window\":7,\"gates\":\"sigmoid\"},"
            + $"\"tokenizer\":{tokenizer},\"normalization\":{{\"lowercase\":false}},\"aphoristVersion\":\"0.1.0\"}}";
        return "{\"__metadata__\":{\"aphorist\":\"" + description.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}}";
    }
}
