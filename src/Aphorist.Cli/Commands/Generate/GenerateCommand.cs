using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>`aphorist generate`: writes with a model.</summary>
internal static class GenerateCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly ChoiceOption<GenerationMode> Mode = new(
        "--mode", "What the model remembers: everything (stateful, the default), or only its window, as the notebook does (window).",
        ("stateful", GenerationMode.Stateful), ("window", GenerationMode.Window));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write to this file instead of standard output.",
        HelpName = "file",
    };

    private static readonly Option<bool> Explain = new("--explain")
    {
        Description = "Colour each token by how surprising it is to the model; with --json, one object a token: its log-probability and rank, the entropy, and what was likeliest.",
    };

    public static Command Create()
    {
        Command command = new("generate", "Writes with a model: continues a prompt, once or many times, with any strategy.") { Model };
        foreach (Option option in (Option[])[.. PromptArguments.All, .. StopArguments.All, .. SamplingArguments.All, .. ManyArguments.All, Mode, Output, Explain]) command.Add(option);
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist generate runs/aphorisms", "Writes 400 tokens from nothing."),
            new("aphorist generate runs/nietzsche --prompt \"the philosopher \" --temperature 0.2,0.5,1.0,1.2", "Continues a prompt four times, more and more boldly."),
            new("aphorist generate runs/nietzsche --passage nietzsche --top-p 0.9 --repetition-penalty 1.1 --length 1000", "Continues a random passage of a text."),
            new("aphorist generate runs/names --prompt $'\\n' --stop-at line --count 1000 --unique --output names.txt", "Writes a thousand different lines."),
            new("aphorist generate runs/nietzsche --prompt \"truth is \" --beams 8 --best 3 --stop .", "Looks for the likeliest sentences."),
            new("aphorist generate runs/nietzsche --prompt \"truth is \" --explain", "Shows in colours what the model did not expect of itself."),
            new("aphorist generate model.safetensors --prompt - --seed 1 --output more.txt < start.txt", "Continues a file; the same seed writes the same text."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        int length = StopArguments.LengthOf(call), count = ManyArguments.CountOf(call);
        BeamOptions? beams = ManyArguments.BeamsOf(call);
        IReadOnlyList<GenerationOptions> sampling = StopArguments.AddTo(SamplingArguments.Of(call, length), call);
        GenerationMode mode = Mode.GetValue(call) ?? GenerationMode.Stateful;
        Check(call, sampling, count, beams, mode);
        LanguageModel model = LanguageModel.Load(ModelPath.Of(call.GetRequiredValue(Model)));
        (string prompt, string known) = await PromptArguments.ReadAsync(call, model, sampling[0].Seed!.Value, output, cancellationToken);
        GenerationRequest request = new()
        {
            Model = call.GetRequiredValue(Model),
            Prompt = prompt,
            KnownPrompt = known,
            Options = sampling,
            Beams = beams,
            Mode = mode,
            Count = count,
            Unique = ManyArguments.IsUnique(call),
            AreLines = StopArguments.IsAtLine(call),
            Output = call.GetValue(Output),
        };
        TextGenerator generator = new(model, mode);
        IEnumerable<GenerationItem> texts = GenerationPlan.Of(request, generator, cancellationToken);
        bool draws = beams is null && sampling.Any(options => options.Temperature > 0 || options.TemperatureSchedule is not null);
        if (draws && !SamplingArguments.HasSeed(call) && !output.Json) output.Notes.WriteLine($"Seed {sampling[0].Seed} (--seed {sampling[0].Seed} writes this text again).");
        if (call.GetValue(Explain)) return ExplainedGeneration.Run(generator, known, sampling[0], output, cancellationToken);
        await new GenerationWriter(request, output).RunAsync(texts, cancellationToken);
        return ExitCode.Done;
    }

    private static void Check(ParseResult call, IReadOnlyList<GenerationOptions> sampling, int count, BeamOptions? beams, GenerationMode mode)
    {
        if (count > 1 && sampling.Count > 1) throw new UsageException("--count writes texts of one temperature: leave all but one out, or call once for each.");
        if (count > 1 && sampling[0] is { Temperature: 0, TemperatureSchedule: null }) throw new UsageException("--temperature 0 writes the same text every time, so --count does not fit: raise the temperature or leave one out.");
        if (beams is not null && mode == GenerationMode.Window) throw new UsageException("--beams carries the state from token to token, so --mode window does not fit: leave one out.");
        if (!call.GetValue(Explain)) return;
        if (call.GetValue(Output) is not null) throw new UsageException("--explain shows a text, so --output does not fit: leave one out, or redirect what --explain --json prints.");
        if (count > 1 || sampling.Count > 1 || beams is not null) throw new UsageException("--explain shows one text that is drawn: ask for one, of one temperature and without --beams.");
    }
}
