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
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != header)
            throw new TrainingRunException($"'{path}' is not a metrics file: its first line is not '{header}'.", path);
        return
        [
            .. lines.Skip(1).Select((text, index) => parse(text) ?? throw new TrainingRunException(
                $"Line {index + 2} of '{path}' is damaged: '{text}'. Fix or remove it.", path)),
        ];
    }

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

    private static EpochCompleted? Parse(string line) => Numbers(line, 8) is
        [
            >= 1 and <= int.MaxValue and { } epoch, { } loss, { } accuracy, var validationLoss, var validationAccuracy, { } seconds,
            { } speed, { } rate,
        ]
        ? new EpochCompleted((int)epoch, loss, accuracy, validationLoss, validationAccuracy, seconds, speed, rate, IsBest: false)
        : null;
}
