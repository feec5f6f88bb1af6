namespace Aphorist.Cli.CommandLine;

/// <summary>The kinds of numbers that options take.</summary>
internal static class NumberOptions
{
    public static NumberOption<int> Whole(string name, string description, int minimum, int maximum = int.MaxValue) =>
        new(name, "n", description, value => value >= minimum && value <= maximum, WholeBounds(minimum, maximum));

    public static NumberOption<ulong> Seed(string name, string description) => new(name, "n", description, _ => true, "a whole number from 0 up");

    public static NumberOption<double> Real(string name, string valueName, string description, Predicate<double> allowed, string bounds) =>
        new(name, valueName, description, value => double.IsFinite(value) && allowed(value), bounds);

    private static string WholeBounds(int minimum, int maximum) =>
        maximum == int.MaxValue ? $"a whole number from {minimum} up" : $"a whole number from {minimum} to {maximum}";
}
