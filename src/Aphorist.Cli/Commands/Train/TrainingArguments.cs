using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The corpus and the options of every command that makes training runs.</summary>
internal static class TrainingArguments
{
    public static readonly Argument<string[]> Corpus = WordArgument.Several(
        "CORPUS",
        "The text to learn: a name that `aphorist corpora` lists, files, a folder, a pattern such as \"texts/*.txt\", or - for standard "
        + "input. The built-in aphorisms by default.");

    private static readonly Option<string?> Preset = PresetOption();

    private static readonly Option<string?> From = new("--from")
    {
        Description = "Go on from this model, or the best model of this run's folder, with another text: known tokens keep their weights, new ones are added.",
        HelpName = "model",
    };

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly ChoiceOption<bool> Lowercase = ChoiceOptions.TrueOrFalse(
        "--lowercase", "Whether the text is lower-cased first. true in the notebook preset.");

    /// <summary>The options, each of which takes one value.</summary>
    public static IReadOnlyList<Option> Options { get; } =
        [Preset, .. LearningOptions.All, .. ShapeOptions.All, .. TokenOptions.All, From, Encoding, Lowercase];

    /// <summary>What a call asks for, but for what only one command knows.</summary>
    public static TrainingRequest RequestOf(ParseResult call) => new()
    {
        Corpus = call.GetValue(Corpus) ?? [],
        Preset = call.GetValue(Preset),
        ValidationText = LearningOptions.ValidationTextIn(call),
        From = call.GetValue(From),
        Encoding = call.GetValue(Encoding),
        Lowercase = Lowercase.GetValue(call),
        ChangeTokenizer = options => TokenOptions.Change(options, call),
        Change = spec => ShapeOptions.Change(spec, call),
        ChangeTraining = options => LearningOptions.Change(options, call),
    };

    private static Option<string?> PresetOption()
    {
        Option<string?> option = new("--preset")
        {
            Description = "A named combination of model and options, which the other options change. notebook by default.",
            HelpName = "name",
        };
        option.CompletionSources.Add(_ => Aphorist.Training.Preset.All.Select(preset => preset.Name));
        return option;
    }
}
