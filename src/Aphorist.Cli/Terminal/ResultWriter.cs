using System.Diagnostics;
using System.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>Standard output, for results: UTF-8, buffered for a few milliseconds at most.</summary>
internal sealed class ResultWriter : StreamWriter
{
    // A terminal redraws about 60 times per second; a write for each token would only slow a fast model down.
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(15);

    private long lastShown;

    public ResultWriter(Stream stream)
        : base(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 4096) => NewLine = "\n";

    /// <summary>Writes a piece of a text that is shown while it is generated.</summary>
    public void Type(string piece)
    {
        Write(piece);
        if (Stopwatch.GetElapsedTime(lastShown) < Frame) return;
        Flush();
        lastShown = Stopwatch.GetTimestamp();
    }

    /// <summary>Writes a line and flushes, so that a program that reads it can react.</summary>
    public void Announce(string line)
    {
        WriteLine(line);
        Flush();
    }
}
