using System.Text.Json;

namespace Aphorist.Cli.Tests;

/// <summary>How a call ended and what it wrote.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Asserts the exit code. A failure shows what the call wrote.</summary>
    public CommandResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Exit code {ExitCode} instead of {exitCode}.\n--- output\n{Output}\n--- error\n{Error}");
        return this;
    }

    /// <summary>Asserts that the call failed with one message that contains these parts, no stack trace and no standard output.</summary>
    public void ExpectSentence(int exitCode, params string[] parts)
    {
        Expect(exitCode);
        string sentence = Assert.Single(Error.Split('\n'), line => line.StartsWith("aphorist: ", StringComparison.Ordinal));
        ExpectParts(sentence, parts);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected error", Error, StringComparison.Ordinal);
        Assert.Equal("", Output);
    }

    /// <summary>Asserts what standard output contains.</summary>
    public CommandResult ExpectOutput(params string[] parts)
    {
        ExpectParts(Output, parts);
        return this;
    }

    /// <summary>Asserts what standard error contains.</summary>
    public CommandResult ExpectError(params string[] parts)
    {
        ExpectParts(Error, parts);
        return this;
    }

    /// <summary>The lines of standard output that are not empty.</summary>
    public string[] Lines() => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one JSON object of standard output.</summary>
    public JsonElement Json() => Assert.Single(JsonLines());

    /// <summary>The JSON objects of standard output, one in each line.</summary>
    public JsonElement[] JsonLines() => [.. Lines().Select(line => JsonDocument.Parse(line).RootElement)];

    // xunit's own message shows only the beginning of a long text.
    private static void ExpectParts(string text, string[] parts)
    {
        foreach (string part in parts) Assert.True(text.Contains(part, StringComparison.Ordinal), $"'{part}' is not in: {text}");
    }
}
