using System.Diagnostics;
using System.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>Standard output, for results: UTF-8, buffered, but never so long that a person or a pipe would wait for it.</summary>
internal sealed class ResultWriter : StreamWriter
{
    // A terminal shows some sixty pictures a second; one write for each character would only slow a fast model down.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(15);

    private long lastShown;

    public ResultWriter(ResultStream stream)
        : base(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) => NewLine = "\n";

    /// <summary>Writes one character as if typed: it can be seen at once.</summary>
    public void Type(Rune character)
    {
        Span<char> units = stackalloc char[2];
        Write(units[..character.EncodeToUtf16(units)]);
        if (Stopwatch.GetElapsedTime(lastShown) < Frame) return;
        Flush();
        lastShown = Stopwatch.GetTimestamp();
    }

    /// <summary>Writes a whole line that its reader may act on.</summary>
    public void Announce(string line)
    {
        WriteLine(line);
        Flush();
    }
}
