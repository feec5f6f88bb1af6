using System.Globalization;
using System.Text;
using Aphorist.IO;

namespace Aphorist.Training.Runs;

/// <summary>
/// The metrics of training steps as comma-separated values, one row every few seconds of training. Rows are appended, so that a long run
/// does not become slower.
/// </summary>
internal static class StepsFile
{
    private const string Header = "step,epoch,tokens,seconds,loss,learning_rate,gradient_norm,characters_per_second";

    /// <summary>Appends a row. Numbers are written so that reading them gives the same bits.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Append(string path, StepsCompleted row)
    {
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        // One write, so that a reader and a killed process see whole rows.
        file.Write(Encoding.UTF8.GetBytes((file.Position == 0 ? Header + "\n" : "") + LineOf(row)));
    }

    /// <summary>Flushes the rows to disk. A checkpoint must not be newer than they are.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Flush(string path)
    {
        if (!File.Exists(path)) return;
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Removes the rows of steps that are trained again, and lines that are damaged.</summary>
    /// <param name="path">The file, which may be missing.</param>
    /// <param name="steps">The number of training steps that are not trained again.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static void KeepUpTo(string path, long steps)
    {
        if (!File.Exists(path)) return;
        string text;
        using (StreamReader reader = MetricsFile.OpenText(path)) text = reader.ReadToEnd();
        StringBuilder kept = new(Header + "\n");
        long last = 0;
        foreach (string line in text.Split('\n'))
        {
            if (Parse(line) is not { } row || row.Step <= last || row.Step > steps) continue;
            kept.Append(line).Append('\n');
            last = row.Step;
        }

        if (text != kept.ToString()) AtomicFile.WriteAllText(path, kept.ToString());
    }

    /// <summary>Reads the rows.</summary>
    /// <exception cref="TrainingRunException">A line is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<StepsCompleted> Read(string path) => MetricsFile.Read(path, Header, Parse);

    private static string LineOf(StepsCompleted row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.Step},{row.Epoch},{row.Tokens},{row.Seconds},{row.Loss},{row.LearningRate},{row.GradientNorm},{row.CharactersPerSecond}\n");

    private static StepsCompleted? Parse(string line)
    {
        double?[]? numbers = MetricsFile.Numbers(line, 8);
        if (numbers is not [{ } step, { } epoch, { } tokens, { } seconds, { } loss, { } rate, { } norm, { } speed]) return null;
        bool areWhole = step is >= 1 and < long.MaxValue && tokens is >= 0 and < long.MaxValue && double.IsInteger(step + tokens);
        return areWhole
            ? new StepsCompleted((long)step, epoch, (long)tokens, seconds, loss, rate, norm, speed)
            : null;
    }
}
