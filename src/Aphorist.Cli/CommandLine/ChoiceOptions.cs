namespace Aphorist.Cli.CommandLine;

/// <summary>The kinds of choices that several options offer.</summary>
internal static class ChoiceOptions
{
    public static ChoiceOption<bool> TrueOrFalse(string name, string description) => new(name, description, ("true", true), ("false", false));
}
