using System.Globalization;
using System.Text;
using Aphorist.IO;

namespace Aphorist.Training.Runs;

/// <summary>The metrics of a run as comma-separated values, one line per epoch. A value that does not apply is empty.</summary>
internal static class MetricsFile
{
    private const string Header = "epoch,loss,accuracy,validation_loss,validation_accuracy,seconds,characters_per_second,learning_rate";

    /// <summary>Writes the file. Numbers are written so that reading them gives the same bits.</summary>
    /// <exception cref="IOException">The file cannot be written. The previous one is unchanged.</exception>
    public static void Write(string path, IReadOnlyList<EpochCompleted> epochs)
    {
        StringBuilder text = new(Header + "\n");
        foreach (EpochCompleted epoch in epochs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.Loss},{epoch.Accuracy},");
            text.Append(CultureInfo.InvariantCulture, $"{epoch.ValidationLoss},{epoch.ValidationAccuracy},");
            text.Append(CultureInfo.InvariantCulture, $"{epoch.Seconds},{epoch.CharactersPerSecond},{epoch.LearningRate}\n");
        }

        AtomicFile.WriteAllText(path, text.ToString());
    }

    /// <summary>Reads the epochs. <see cref="EpochCompleted.IsBest"/>, which is not in the file, is computed from the losses.</summary>
    /// <exception cref="TrainingRunException">A line is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<EpochCompleted> Read(string path)
    {
        List<EpochCompleted> epochs = [];
        double best = double.PositiveInfinity;
        foreach (EpochCompleted epoch in Read(path, Header, Parse))
        {
            double loss = epoch.ValidationLoss ?? epoch.Loss;
            epochs.Add(epoch with { IsBest = loss < best });
            best = Math.Min(best, double.IsNaN(loss) ? best : loss);
        }

        return epochs;
    }

    /// <summary>Reads the lines of a file of metrics.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">Its first line.</param>
    /// <param name="parse">Reads a line; null if it is damaged.</param>
    /// <exception cref="TrainingRunException">A line is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<T> Read<T>(string path, string header, Func<string, T?> parse)
        where T : class
    {
        using StreamReader reader = OpenText(path);
        // Another file may be a text of gigabytes in one line.
        char[] start = new char[header.Length];
        if (reader.ReadBlock(start) < start.Length || !header.SequenceEqual(start) || reader.ReadLine() is not (null or ""))
            throw new TrainingRunException($"'{path}' is not a metrics file: its first line is not '{header}'.", path);
        List<T> rows = [];
        while (reader.ReadLine() is { } line)
        {
            rows.Add(parse(line) ?? throw new TrainingRunException(
                $"Line {rows.Count + 2} of '{path}' is damaged: '{line}'. Fix or remove it.", path));
        }

        return rows;
    }

    /// <summary>Opens a file of a run that may be in training: the run can write it and replace it in the meantime.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StreamReader OpenText(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Reads numbers that are separated by commas. An empty field is null; a line with anything else is null as a whole.</summary>
    public static double?[]? Numbers(string line, int count)
    {
        string[] fields = line.Split(',');
        if (fields.Length != count) return null;
        double?[] numbers = new double?[count];
        for (int index = 0; index < count; index++)
        {
            if (fields[index].Length == 0) continue;
            if (!double.TryParse(fields[index], CultureInfo.InvariantCulture, out double number)) return null;
            numbers[index] = number;
        }

        return numbers;
    }

    private static EpochCompleted? Parse(string line)
    {
        if (Numbers(line, 8) is not [{ } epoch, { } loss, { } accuracy, var heldLoss, var heldAccuracy, { } seconds, { } speed, { } rate])
            return null;
        return epoch is >= 1 and <= int.MaxValue && double.IsInteger(epoch)
            ? new EpochCompleted((int)epoch, loss, accuracy, heldLoss, heldAccuracy, seconds, speed, rate, IsBest: false)
            : null;
    }
}
