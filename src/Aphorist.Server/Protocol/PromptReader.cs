using System.Text.Json;

namespace Aphorist.Server.Protocol;

/// <summary>A text to continue.</summary>
/// <param name="Text">The text; empty if there are ids.</param>
/// <param name="Ids">The tokens, if the request has those instead of a text.</param>
/// <param name="Path">Where it is in the request.</param>
internal sealed record Prompt(string Text, int[]? Ids, string Path)
{
    /// <summary>Starts from a zero state.</summary>
    public static Prompt Empty { get; } = new("", null, "prompt");

    /// <summary>The field that it is in.</summary>
    public string Field => new FieldValue(default, Path).Field;
}

/// <summary>Reads the prompts of a request.</summary>
internal static class PromptReader
{
    /// <summary>Reads a text, a list of texts, a list of token ids, or a list of lists of token ids.</summary>
    /// <param name="value">The field.</param>
    /// <param name="maxPrompts">The most prompts.</param>
    public static IReadOnlyList<Prompt> Read(FieldValue value, int maxPrompts)
    {
        if (value.IsString) return [new(value.Text(), null, value.Path)];
        if (!value.IsList || value.Json.GetArrayLength() == 0) throw Wrong(value);
        if (value.Json[0].ValueKind == JsonValueKind.Number) return [ReadIds(value)];
        int count = value.Json.GetArrayLength();
        if (count > maxPrompts)
            throw new ApiException(400, $"{value.Path} has {count} prompts, but at most {maxPrompts} are allowed.", value.Field);
        return [.. value.Items().Select(item => item switch
        {
            { IsString: true } => new Prompt(item.Text(), null, item.Path),
            { IsList: true } => ReadIds(item),
            _ => throw Wrong(value),
        })];
    }

    /// <summary>Reads the text of the last message of a chat.</summary>
    public static Prompt ReadMessages(FieldValue value)
    {
        if (!value.IsList || value.Json.GetArrayLength() == 0) throw value.Wrong("a list with at least one message");
        int index = value.Json.GetArrayLength() - 1;
        FieldValue last = new(value.Json[index], $"{value.Path}[{index}]");
        string path = $"{last.Path}.content";
        if (!last.Fields().TryGetValue("content", out FieldValue content)) return new("", null, path);
        if (content.IsString) return new(content.Text(), null, path);
        if (!content.IsList) throw content.Wrong("a text, or a list of parts");
        return new(string.Concat(content.Items().Select(ReadPart)), null, path);
    }

    private static string ReadPart(FieldValue part)
    {
        IReadOnlyDictionary<string, FieldValue> fields = part.Fields();
        if (!fields.TryGetValue("type", out FieldValue type) || type.Text() != "text" || !fields.TryGetValue("text", out FieldValue text))
        {
            throw new ApiException(
                400,
                $"{part.Path} is not a text. The models read only parts of the type \"text\", with a field \"text\".",
                part.Field);
        }

        return text.Text();
    }

    private static Prompt ReadIds(FieldValue value)
    {
        // Without a path for each id, since there can be a million.
        int[] ids = new int[value.Json.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in value.Json.EnumerateArray())
        {
            ids[count] = FieldValue.TryGetInteger(item, 0, int.MaxValue, out int id)
                ? id
                : throw new FieldValue(item, $"{value.Path}[{count}]").Wrong("a token id: an integer from 0");
            count++;
        }

        return new("", ids, value.Path);
    }

    private static ApiException Wrong(FieldValue value) =>
        value.Wrong("a text, a list of texts, a list of token ids, or a list of lists of token ids, and not an empty list");
}
