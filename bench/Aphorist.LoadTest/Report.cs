using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Aphorist.LoadTest;

/// <summary>One figure of a load test.</summary>
/// <param name="Scenario">The name of the scenario.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The value.</param>
/// <param name="Unit">Its unit; empty for a number of things.</param>
/// <param name="Minimum">The value must be at least this; null without a limit.</param>
/// <param name="Maximum">The value must be at most this; null without a limit.</param>
internal sealed record Figure(string Scenario, string Name, double Value, string Unit, double? Minimum, double? Maximum)
{
    /// <summary>Whether the value was measured and is within its limits.</summary>
    public bool IsOk => double.IsFinite(Value) && !(Value < Minimum) && !(Value > Maximum);

    /// <summary>The value with its unit, as in a table.</summary>
    public string Text => double.IsFinite(Value) ? $"{Number(Value)} {Unit}".Trim() : "not measured";

    public string Limit => (Minimum, Maximum) switch
    {
        ({ } least, { } most) => least == most ? Number(least) : $"{Number(least)} to {Number(most)}",
        ({ } least, null) => $"at least {Number(least)}",
        (null, { } most) => $"at most {Number(most)}",
        _ => "",
    };

    public static string Number(double value)
    {
        bool isRound = Math.Abs(value) >= 100 || value == Math.Floor(value);
        return value.ToString(isRound ? "N0" : Math.Abs(value) >= 1 ? "N1" : "N3", CultureInfo.InvariantCulture);
    }
}

/// <summary>Prints figures as they are measured, and writes them to a file.</summary>
/// <param name="options">The arguments of the program.</param>
internal sealed class Report(string options)
{
    private const string FigureHead =
        """
        | figure | measured | limit | |
        | --- | ---: | ---: | --- |
        """;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Figure> figures = [];
    private readonly string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Describes the machine and the versions.</summary>
    public static string Machine { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"{ProcessorName()}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, Aphorist {Version()}");

    public bool IsOk => figures.All(figure => figure.IsOk);

    /// <summary>Prints the head of the section of Markdown that the tables of all scenarios are in.</summary>
    public void Start() => Console.WriteLine(
        $"""
        ## {Machine}

        {date}: `{options}`
        """);

    /// <summary>Prints the head of the table of a scenario.</summary>
    /// <param name="scenario">The name of the scenario.</param>
    /// <param name="description">What happens in it.</param>
    /// <param name="head">The first two lines of the table.</param>
    public static void Start(string scenario, string description, string head = FigureHead) => Console.WriteLine(
        $"""

        ### {scenario}: {description}

        {head}
        """);

    /// <summary>Adds a figure, and prints it.</summary>
    public void Add(string scenario, string name, double value, string unit = "", double? minimum = null, double? maximum = null)
    {
        Figure figure = new(scenario, name, value, unit, minimum, maximum);
        figures.Add(figure);
        string mark = !figure.IsOk ? "FAILED" : figure.Limit.Length == 0 ? "" : "ok";
        Console.WriteLine($"| {name} | {figure.Text} | {figure.Limit} | {mark} |");
    }

    /// <summary>Adds figures, and prints them as one row of a table.</summary>
    public void AddRow(double head, IReadOnlyCollection<Figure> row)
    {
        figures.AddRange(row);
        Console.WriteLine($"| {Figure.Number(head)} | {string.Join(" | ", row.Select(figure => figure.Text))} |");
    }

    /// <summary>Adds the number of errors, and prints the first ones.</summary>
    public void AddErrors(string scenario, IEnumerable<string> errors)
    {
        string[] all = [.. errors];
        Add(scenario, "errors", all.Length, maximum: 0);
        foreach (string error in all.Distinct().Take(3)) Console.Error.WriteLine(error);
    }

    public void Save(string path) => File.WriteAllText(
        path,
        JsonSerializer.Serialize(
            new
            {
                Machine,
                Date = date,
                Options = options,
                Figures = figures.Select(figure => new
                {
                    figure.Scenario,
                    figure.Name,
                    Value = double.IsFinite(figure.Value) ? figure.Value : (double?)null,
                    figure.Unit,
                    figure.Minimum,
                    figure.Maximum,
                    figure.IsOk,
                }),
            },
            Json) + "\n");

    /// <summary>The value that a share of the values does not exceed.</summary>
    /// <param name="sorted">The values, in ascending order.</param>
    /// <param name="share">The share, such as 0.99.</param>
    public static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];

    public static double Median(IEnumerable<double> values) => Percentile([.. values.Order()], 0.5);

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo", name = "model name";
        if (!File.Exists(file)) return RuntimeInformation.ProcessArchitecture.ToString();
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Version() =>
        typeof(LanguageModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
}
