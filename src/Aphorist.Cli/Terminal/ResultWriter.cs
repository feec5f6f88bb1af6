using System.Diagnostics;
using System.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>Standard output, for results: UTF-8, buffered, but never so long that a person or a pipe would wait for it.</summary>
internal sealed class ResultWriter : StreamWriter
{
    // A terminal shows some sixty pictures a second; one write for each character would only slow a fast model down.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(15);

    private long lastShown;

    public ResultWriter(Stream stream)
        : base(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) => NewLine = "\n";

    /// <summary>Writes a piece of text as if typed: it can be seen at once.</summary>
    public void Type(string piece)
    {
        Write(piece);
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
