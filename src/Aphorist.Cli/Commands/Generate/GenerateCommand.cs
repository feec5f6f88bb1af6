using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>What a call of `aphorist generate` asks for.</summary>
internal sealed record GenerationRequest
{
    /// <summary>The model file.</summary>
    public required string Model { get; init; }

    /// <summary>The prompt as given.</summary>
    public required string Prompt { get; init; }

    /// <summary>The prompt without unknown characters.</summary>
    public required string KnownPrompt { get; init; }

    /// <summary>The options: one for each temperature.</summary>
    public required IReadOnlyList<GenerationOptions> Options { get; init; }

    /// <summary>The options of a beam search; null to sample.</summary>
    public required BeamOptions? Beams { get; init; }

    public required GenerationMode Mode { get; init; }

    /// <summary>The number of texts.</summary>
    public required int Count { get; init; }

    /// <summary>Whether repeated texts are skipped.</summary>
    public required bool IsUnique { get; init; }

    /// <summary>Whether each text is one line, so that no titles are needed between them.</summary>
    public required bool IsLines { get; init; }

    /// <summary>The output; null for standard output.</summary>
    public required OutputPath? Output { get; init; }

    /// <summary>Compares the texts with a corpus; null to compare nothing.</summary>
    public required CopyCheck? Copying { get; init; }
}

/// <summary>`aphorist generate`: generates text with a model.</summary>
internal static class GenerateCommand
{
    private const double DefaultLengthPenalty = 0.6;

    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    private static readonly NumberOption<int> Count = NumberOptions.Whole(
        "--count", "Number of texts to generate from the prompt, 256 at a time. Text n uses the seed plus n.", 1, fallback: 1);

    private static readonly Option<bool> Unique = new("--unique") { Description = "With --count: skip texts that were generated before." };

    private static readonly NumberOption<int> BeamWidth = NumberOptions.Whole(
        "--beams", "Search for the most likely text with this beam width, instead of sampling.", 1, 4096)
        .Sets(nameof(BeamOptions.BeamWidth));

    private static readonly NumberOption<int> ResultCount = NumberOptions.Whole(
        "--best", "With --beams: number of texts to show, best first; at most the beam width.", 1, 4096, 1)
        .Sets(nameof(BeamOptions.ResultCount));

    private static readonly NumberOption<double> LengthPenalty = NumberOptions.Real(
        "--length-penalty", "a", "With --beams: how much longer texts are preferred if texts can end early. 0 is not at all.",
        new(0, 10), DefaultLengthPenalty);

    private static readonly ChoiceOption<GenerationMode> Mode = new(
        "--mode",
        "What the model sees: all tokens so far (stateful), or only the last window of them, as in the notebook (window), which is " +
        "slower. Default: what the model was trained for, as `aphorist info` shows; a beam search is always stateful.",
        ("stateful", GenerationMode.Stateful), ("window", GenerationMode.Window));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write to this file instead of standard output, when the text is complete. - is standard output.",
        HelpName = "file",
    };

    private static readonly Option<bool> Explain = new("--explain")
    {
        Description =
            "Colour each token by its surprisal. With --json: one object per token, with log-probability, rank, entropy and the most " +
            "likely tokens.",
    };

    public static Command Create()
    {
        Command command = new("generate", "Generate text with a model: continue a prompt, once or many times.") { Model };
        OptionGroup.Attach(
            command,
            PromptArguments.Group,
            StopArguments.Group,
            new("Sampling", [.. SamplingArguments.Temperatures, .. SamplingArguments.Filters, SamplingArguments.Seed, Mode]),
            SamplingArguments.Penalties,
            new("Many texts", Count, Unique),
            new("Beam search", BeamWidth, ResultCount, LengthPenalty),
            new("Output", Output, Explain, CopyCheck.Option));
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist generate runs/fables", "Generate 400 tokens without a prompt."),
            new(
                "aphorist generate runs/nietzsche --prompt \"the philosopher \" --temperature 0.2,0.5,1.0,1.2",
                "Continue a prompt at four temperatures."),
            new(
                "aphorist generate runs/nietzsche --passage nietzsche --top-p 0.9 --repetition-penalty 1.1 --length 1000",
                "Continue a random passage of a text."),
            new(
                "aphorist generate runs/names --prompt \"\\n\" --stop-at line --count 1000 --unique --output names.txt",
                "Generate a thousand different lines."),
            new(
                "aphorist generate runs/nietzsche --prompt \"truth is \" --beams 8 --best 3 --stop .",
                "Search for the most likely sentences."),
            new(
                "aphorist generate runs/fables --count 20 --check-copying fables",
                "Show how much of the texts occurs verbatim in the training text."),
            new("aphorist generate runs/nietzsche --prompt \"truth is \" --explain", "Show in colours how surprising each token is."),
            new(
                "aphorist generate model.safetensors --prompt - --seed 1 --output more.txt < start.txt",
                "Continue a file. The same seed gives the same text."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        IReadOnlyList<GenerationOptions> options = SamplingArguments.Bind(call, StopArguments.Bind(call));
        BeamOptions? beams = BindBeams(call);
        GenerationMode? mode = Mode.GetValue(call);
        int count = Count.GetValue(call) ?? 1;
        Check(call, options, count, beams, mode);
        string path = ModelPath.Of(call.GetRequiredValue(Model));
        OutputPath? target = call.GetValue(Output) is string file
            ? OutputPath.Of(file, OutputContent.Results, output, InputsOf(call, path))
            : null;
        LanguageModel model = await ModelPath.LoadAsync(path, cancellationToken);
        TextGenerator generator = new(model, beams is null ? mode : GenerationMode.Stateful);
        ulong seed = options[0].Seed!.Value;
        CopyCheck? copying = await CopyCheck.OpenAsync(call, PromptArguments.OptionsOf(call, model), output, cancellationToken);
        (string prompt, string known) = await PromptArguments.ReadAsync(call, model, seed, output, cancellationToken);
        GenerationRequest request = new()
        {
            Model = path,
            Prompt = prompt,
            KnownPrompt = known,
            Options = options,
            Beams = beams,
            Mode = generator.Mode,
            Count = count,
            IsUnique = call.GetValue(Unique),
            IsLines = StopArguments.IsAtLine(call),
            Output = target is { IsStandardOutput: false } ? target : null,
            Copying = copying,
        };
        if (mode is null && count > 1 && generator.Mode == GenerationMode.Window)
            output.Notes.WriteLine($"Window mode takes a step of the model for each token of the window. {Mode.Name} stateful is faster.");
        IEnumerable<GenerationItem> texts = GenerationPlan.Create(request, generator, cancellationToken);
        bool isRandom = beams is null && options.Any(one => one.Temperature > 0 || one.TemperatureSchedule is not null);
        if (isRandom && !SamplingArguments.HasSeed(call) && !output.Json)
            output.Notes.WriteLine($"Seed {seed} (repeat this text with --seed {seed}).");
        if (call.GetValue(Explain)) ExplainedGeneration.Run(generator, known, options[0], output, cancellationToken);
        else await new GenerationWriter(request, output).RunAsync(texts, cancellationToken);
        return ExitCode.Done;
    }

    private static CommandInput[] InputsOf(ParseResult call, string model) =>
        [new("the model", model), .. PromptArguments.InputsOf(call), CopyCheck.InputOf(call)];

    private static BeamOptions? BindBeams(ParseResult call)
    {
        if (BeamWidth.GetValue(call) is not int width)
        {
            Option? stray = ((Option[])[ResultCount, LengthPenalty]).FirstOrDefault(option => call.GetResult(option) is not null);
            return stray is null ? null : throw new UsageException($"{stray.Name} is an option of beam search: add {BeamWidth.Name}.");
        }

        if (call.GetResult(Count) is not null)
            throw new UsageException(
                $"A beam search always finds the same texts, so {Count.Name} has no effect. For several texts use {ResultCount.Name}.");
        if (SamplingArguments.FirstGiven(call) is string sampling)
            throw new UsageException($"A beam search does not sample, so {sampling} has no effect. Remove {sampling} or {BeamWidth.Name}.");
        return new BeamOptions
        {
            BeamWidth = width,
            ResultCount = ResultCount.GetValue(call) ?? 1,
            LengthPenalty = LengthPenalty.GetValue(call) ?? DefaultLengthPenalty,
        };
    }

    private static void Check(
        ParseResult call, IReadOnlyList<GenerationOptions> options, int count, BeamOptions? beams, GenerationMode? mode)
    {
        if (call.GetValue(Unique) && count == 1) throw new UsageException("--unique compares texts with each other: add --count.");
        if (count > 1 && options.Count > 1)
            throw new UsageException("--count needs a single temperature: give one, or call the command once for each.");
        if (count > 1 && options[0] is { Temperature: 0, TemperatureSchedule: null })
            throw new UsageException(
                "--temperature 0 gives the same text every time, so --count has no effect. Raise the temperature or remove --count.");
        if (beams is not null && mode == GenerationMode.Window)
            throw new UsageException("A beam search is always stateful: remove --mode window or --beams.");
        if (CopyCheck.InputOf(call).Sources.Contains(OutputPath.Standard)
            && PromptArguments.InputsOf(call).Any(input => input.Sources.Contains(OutputPath.Standard)))
        {
            throw new UsageException(
                $"The prompt and {CopyCheck.Option.Name} would both read standard input: name a file for one of them.");
        }

        if (!call.GetValue(Explain)) return;
        if (CopyCheck.IsWanted(call))
            throw new UsageException($"{Explain.Name} shows single tokens: remove {CopyCheck.Option.Name}, or {Explain.Name}.");
        if (call.GetValue(Output) is not null)
            throw new UsageException(
                "--explain shows a text on the terminal: remove --output, or redirect the output of --explain --json.");
        if (count > 1 || options.Count > 1 || beams is not null)
            throw new UsageException("--explain shows a single sampled text: remove --count and --beams, and give one temperature.");
    }
}
