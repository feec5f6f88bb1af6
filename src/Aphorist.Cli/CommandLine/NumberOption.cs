using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Aphorist.Cli.CommandLine;

/// <summary>Options whose value is a number within bounds, and whose mistakes are told in a sentence.</summary>
internal static class NumberOption
{
    public static Option<int?> Whole(string name, string description, int minimum, int maximum = int.MaxValue) =>
        Create<int>(name, "n", description, value => value >= minimum && value <= maximum, WholeBounds(minimum, maximum));

    public static Option<ulong?> Seed(string name, string description) =>
        Create<ulong>(name, "n", description, _ => true, "a whole number from 0 up");

    public static Option<double?> Real(string name, string valueName, string description, Predicate<double> allowed, string bounds) =>
        Create<double>(name, valueName, description, value => double.IsFinite(value) && allowed(value), bounds);

    private static Option<T?> Create<T>(string name, string valueName, string description, Predicate<T> allowed, string bounds)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = valueName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, name, allowed, bounds),
        };

    private static T? Parse<T>(ArgumentResult result, string name, Predicate<T> allowed, string bounds)
        where T : struct, INumber<T>
    {
        string word = result.Tokens[0].Value;
        if (T.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && allowed(value)) return value;
        result.AddError($"{name} takes {bounds}, not '{word}'.");
        return null;
    }

    private static string WholeBounds(int minimum, int maximum) =>
        maximum == int.MaxValue ? $"a whole number from {minimum} up" : $"a whole number from {minimum} to {maximum}";
}
