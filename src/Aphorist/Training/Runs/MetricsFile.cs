using System.Globalization;
using System.Text;

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
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != Header)
            throw new TrainingRunException($"'{path}' is not a metrics file: its first line is not '{Header}'.", path);
        List<EpochCompleted> epochs = [];
        double best = double.PositiveInfinity;
        for (int line = 1; line < lines.Length; line++)
        {
            EpochCompleted epoch = Parse(path, line + 1, lines[line]);
            double loss = epoch.ValidationLoss ?? epoch.Loss;
            epochs.Add(epoch with { IsBest = loss < best });
            best = Math.Min(best, double.IsNaN(loss) ? best : loss);
        }

        return epochs;
    }

    private static EpochCompleted Parse(string path, int line, string text)
    {
        string[] fields = text.Split(',');
        try
        {
            if (fields.Length != 8) throw new FormatException();
            return new EpochCompleted(
                int.Parse(fields[0], CultureInfo.InvariantCulture),
                Number(fields[1]),
                Number(fields[2]),
                Optional(fields[3]),
                Optional(fields[4]),
                Number(fields[5]),
                Number(fields[6]),
                Number(fields[7]),
                IsBest: false);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new TrainingRunException($"Line {line} of '{path}' is damaged: '{text}'. Fix or remove it.", path, exception);
        }
    }

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);

    private static double? Optional(string field) => field.Length == 0 ? null : Number(field);
}
