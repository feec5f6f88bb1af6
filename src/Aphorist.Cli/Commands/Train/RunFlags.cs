using System.CommandLine;
using System.CommandLine.Completions;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The headings of the options of a run in the help.</summary>
internal static class Heading
{
    public const string Common = "Common options";
    public const string Data = "Data";
    public const string Model = "Model";
    public const string Training = "Training";
    public const string Optimizer = "Optimizer";
    public const string Evaluation = "Evaluation";
    public const string Run = "Run";

    /// <summary>The headings in their order.</summary>
    public static readonly string[] All = [Common, Data, Model, Training, Optimizer, Evaluation, Run];
}

/// <summary>All options of a run, and the options record that a call asks for.</summary>
internal static class RunFlags
{
    private const int WordEmbeddingSize = 128;

    private static readonly string[] PresetNames = [.. Preset.All.Select(preset => preset.Name)];
    private static readonly string[] BuiltInCorpus = ["catalog:fables"];

    private static readonly SettingTable<TrainingRunOptions> Table = new()
    {
        {
            Heading.Data,
            ChoiceOptions.TrueOrFalse("--lowercase", "Convert the texts to lower case.", Preset.Default.Lowercase),
            (options, value) => options with { Lowercase = value }
        },
        { Heading.Data, EncodingOption.Create(), (options, value) => options with { Encoding = value } },
        {
            Heading.Evaluation,
            ValidationTextOption(),
            (options, value) => options with { ValidationText = value, Training = options.Training with { ValidationShare = 0 } }
        },
    };

    private static readonly Option<string?> PresetName = PresetOption();

    private static readonly Option<string?> From = Text(
        "--from",
        "model",
        "Fine-tune this model: a model file, or a run folder for its best model. It keeps its shape and its tokenizer; new tokens are "
        + "added. Default: none.");

    /// <summary>The corpus.</summary>
    public static Argument<string[]> Corpus { get; } = CorpusArgument();

    /// <summary>The options under their headings.</summary>
    public static IReadOnlyList<OptionGroup> Groups { get; } =
        [.. Heading.All.Select(heading => new OptionGroup(heading, [.. Under(heading)]))];

    /// <summary>All options. Each takes one value.</summary>
    public static IReadOnlyList<Option> Options { get; } = [.. Groups.SelectMany(group => group.Options)];

    /// <summary>The options of a new run.</summary>
    /// <exception cref="UsageException">The call contradicts itself, or names an unknown preset.</exception>
    public static TrainingRunOptions Create(ParseResult call)
    {
        Preset preset = PresetOf(call) ?? Preset.Default;
        TrainingRunOptions options = TrainingRunOptions.FromPreset(preset, BuiltInCorpus);
        if (call.GetValue(From) is string from)
            return FineTuning.Change(options with { From = from }, PresetOf(call), start => Apply(start, call));
        options = options with { Tokenizer = ModelFlags.Tokenizer.Apply(options.Tokenizer, call) };
        // One-hot words would make the first layer too large.
        if (options.Tokenizer.Kind == TokenizerKind.Words && options.Model.EmbeddingSize == 0)
            options = options with { Model = options.Model with { EmbeddingSize = WordEmbeddingSize } };
        return Apply(options, call);
    }

    /// <summary>Changes the options of a run as a call asks for.</summary>
    /// <exception cref="UsageException">The call contradicts itself, or names an unknown preset.</exception>
    public static TrainingRunOptions Apply(TrainingRunOptions options, ParseResult call)
    {
        if (call.GetResult("--validation") is not null && call.GetResult("--validation-text") is not null)
            throw new UsageException("--validation and --validation-text both choose the validation set: leave out one of them.");
        TrainingOptions training = TrainingFlags.Table.Apply(options.Training, call);
        return Table.Apply(
            options with
            {
                Corpus = call.GetValue(Corpus) is { Length: > 0 } corpus ? corpus : options.Corpus,
                Tokenizer = ModelFlags.Tokenizer.Apply(options.Tokenizer, call),
                Model = ModelFlags.Model.Apply(options.Model, call),
                Training = PresetOf(call) is { } preset ? training with { Preset = preset.Name } : training,
            },
            call);
    }

    /// <summary>Whether a call asks for fine-tuning.</summary>
    public static bool HasFrom(ParseResult call) => call.GetValue(From) is not null;

    /// <summary>The preset that a call names; null if it names none.</summary>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static Preset? PresetOf(ParseResult call)
    {
        if (call.GetValue(PresetName) is not string name) return null;
        return Preset.All.FirstOrDefault(preset => preset.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"There is no preset '{name}': choose from {string.Join(", ", PresetNames)}.");
    }

    private static IEnumerable<Option> Under(string heading) =>
    [
        .. heading == Heading.Common ? [PresetName] : Array.Empty<Option>(),
        .. ModelFlags.Tokenizer.Under(heading),
        .. ModelFlags.Model.Under(heading),
        .. TrainingFlags.Table.Under(heading),
        .. Table.Under(heading),
        .. heading == Heading.Run ? [From] : Array.Empty<Option>(),
    ];

    private static Argument<string[]> CorpusArgument()
    {
        Argument<string[]> argument = WordArgument.Several(
            "CORPUS",
            "Training text: a name from `aphorist corpora`, files, a folder, a pattern such as \"texts/*.txt\", or - for standard input. "
            + "Default: the built-in fables.");
        argument.CompletionSources.Add(WordArgument.CatalogNames);
        return argument;
    }

    private static Option<string?> ValidationTextOption()
    {
        Option<string?> option = Text(
            "--validation-text",
            "text",
            "Separate validation text, instead of a fraction of the corpus: a name from `aphorist corpora`, a file, a folder or a "
            + "pattern. Default: none.");
        option.CompletionSources.Add(WordArgument.CatalogNames);
        return option;
    }

    private static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { Description = description, HelpName = valueName };

    private static Option<string?> PresetOption()
    {
        Option<string?> option = Text(
            "--preset",
            "name",
            "Model and training options to start from, one of those below. The other options override it; their defaults are those of "
            + "quick. Default: quick."
            + string.Concat(Preset.All.Select(preset => $"\n{preset.Name}: {preset.Description}")));
        option.CompletionSources.Add(_ => PresetNames.Select(name => new CompletionItem(name)));
        return option;
    }
}
