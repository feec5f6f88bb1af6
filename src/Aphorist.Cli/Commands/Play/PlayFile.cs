using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.IO;

namespace Aphorist.Cli.Commands.Play;

/// <summary>The file that a text is saved to. A file that has text is continued: its bytes stay, new text is added.</summary>
internal sealed class PlayFile : IDisposable
{
    private const int LongestEnd = 10_000;

    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string path;
    private readonly OutputFile? stream;
    private readonly byte[] before = [];
    private byte[] saved = [];

    /// <summary>Names a new file, which is created when it is saved.</summary>
    public PlayFile(string path) => this.path = path;

    /// <summary>Opens the output of a call.</summary>
    /// <exception cref="InvalidDataException">The file is not UTF-8, so that no text can be added to it.</exception>
    public PlayFile(OutputPath target, CancellationToken cancellationToken)
        : this(target.Path)
    {
        if (!target.IsFile) stream = target.Open(cancellationToken);
        else if (File.Exists(path)) saved = before = File.ReadAllBytes(path);
        try
        {
            string text = Encoding.GetString(before).TrimStart('\uFEFF');
            int start = Math.Max(text.Length - LongestEnd, 0);
            if (start > 0 && char.IsLowSurrogate(text[start])) start++;
            End = text[start..];
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException(
                $"'{path}' is not UTF-8, so no text can be added to it: convert it first, or name another file with --output.", exception);
        }
    }

    /// <summary>The end of the text that was in the file, which the new text continues.</summary>
    public string End { get; } = "";

    /// <summary>Saves the new text, while more may follow. Returns what to say about it.</summary>
    /// <exception cref="IOException">The file cannot be written, or another program changed it.</exception>
    public string Save(string text)
    {
        if (text.Length == 0) return "There is nothing to save yet.";
        if (stream is not null) return $"The text is written to {path} at the end.";
        // Two windows with the same file must not overwrite each other's text.
        if (File.Exists(path) && !File.ReadAllBytes(path).AsSpan().SequenceEqual(saved))
            throw new IOException($"'{path}' was not saved: another program has changed it. Copy the text from here, or merge both.");
        byte[] bytes = [.. before, .. Encoding.GetBytes(text)];
        AtomicFile.WriteAllBytes(path, bytes);
        saved = bytes;
        return $"Saved to {path}.";
    }

    /// <summary>Saves the text at the end. Without new text, the file stays as it is.</summary>
    /// <exception cref="IOException">The file cannot be written, or another program changed it.</exception>
    public void Finish(string text)
    {
        if (stream is null)
        {
            Save(text);
            return;
        }

        stream.Write(text);
        stream.Commit();
    }

    public void Dispose() => stream?.Dispose();
}
