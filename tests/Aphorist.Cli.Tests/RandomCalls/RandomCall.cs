using System.CommandLine;

namespace Aphorist.Cli.Tests.RandomCalls;

/// <summary>
/// A random call of the command in a <see cref="RandomCallFolder"/>. Commands, arguments and options come from the parser, so new ones are
/// included. Values are ordinary, extreme, empty and wrong.
/// </summary>
internal sealed record RandomCall
{
    private static readonly string[] Commands =
    [
        .. AphoristCommand.Create().Subcommands.Where(command => !command.Hidden).Select(command => command.Name),
        // The commands with the most options and outputs get more calls.
        "train", "generate", "generate", "generate", "score", "score", "inspect", "import", "export", "plot",
    ];

    // Options whose ordinary values take long. They come last: the last of repeated options counts.
    private static readonly Dictionary<string, string> Limits = new()
    {
        ["train"] = "--epochs 1 --hidden 8",
        ["sweep"] = "--epochs 1 --hidden 8",
        ["generate"] = "--length 30",
        ["bench"] = "--seconds 0.01",
        ["serve"] = "--address 127.0.0.1 --port 0",
    };

    private static readonly string[] Models =
    [
        "model.safetensors", "model.safetensors", "run", "link-to-model", "model.h5", "text.txt", "null",
    ];

    private static readonly string[] Texts =
    [
        "text.txt", "text.txt", "texts", "'texts/*.txt'", "link-to-text", "fables", "-", "empty.txt", "binary.bin", "latin1.txt",
        "null", "<(cat text.txt)", "model.safetensors", "pipe",
    ];

    private static readonly string[] Files =
    [
        "text.txt", "characters.txt", "vocabulary.json", "empty.txt", "binary.bin", "<(cat text.txt)",
    ];

    private static readonly string[] Folders =
    [
        "run", "run", "new", "new/run", "texts", "text.txt", "readonly",
    ];

    private static readonly string[] Outputs =
    [
        "new.txt", "new.txt", "new.svg", "old.txt", "text.txt", "model.safetensors", "run/model.safetensors", "link-to-text",
        "link-to-model", "link-to-nothing", "null", "-", "link-to-stdout", "/dev/fd/2", "/dev/fd/1", "/proc/self/cwd/text.txt", "pipe",
        "readonly.txt",
        "private.txt", "readonly/new.txt", "texts", ">(cat > /dev/fd/2)", "characters.txt", "vocabulary.json", "null/new.txt",
    ];

    private static readonly string[] Numbers =
    [
        "0", "1", "2", "3", "0.5", "-1", "0,5", "0.2,0.9", "100", "2147483647", "99999999999999999999", "1e308", "-1e308",
        "1e-320", "nan", "inf", "x", "0x10", "' '",
    ];

    private static readonly string[] Words =
    [
        "the", "e=2", "e=1e38", "'\\n'", "hidden=4,8", "epochs=", "quick", "Best", "utf-8", "utf-16", "koi8-r", "nothing",
        "'the cat '", "-", "$'\\x01'", "bash", "help",
    ];

    private static readonly string[] Wrong =
    [
        "''", "' '", "missing", "missing/new.txt", "--", "$'a\\nb'", "é", "$(printf 'x%.0s' {1..5000})",
    ];

    private static readonly string[] Inputs =
    [
        "", "", "< text.txt", "< empty.txt", "< binary.bin", "<&-", "< null", "< model.safetensors",
    ];

    private static readonly string[] Streams =
    [
        "", "", "", "", ">&-", "2>&-", ">&- 2>&-", "> new-output.txt", "> null", "2> null", "| head -c 1",
    ];

    /// <summary>The line of bash, without the redirection of its streams.</summary>
    public required string Line { get; init; }

    /// <summary>The redirections.</summary>
    public required string Redirections { get; init; }

    /// <summary>The words that may name files which the call reads.</summary>
    public required IReadOnlyList<string> Read { get; init; }

    /// <summary>The words that name files which the call may replace.</summary>
    public required IReadOnlyList<string> Written { get; init; }

    /// <summary>Creates a call.</summary>
    public static RandomCall Create(Random random)
    {
        List<string> words = [], read = [], written = [];
        Command command = Start(random, words);
        foreach (Argument argument in command.Arguments)
            for (int count = CountOf(argument.Arity, random); count > 0; count--) Add(read, ValueOf(argument.Name, random));
        Option[] options = [.. command.Options, .. AphoristCommand.Create().Options.Where(option => option.Recursive)];
        if (command.Options.FirstOrDefault(IsOutput) is { } output && random.Next(3) > 0) AddOption(output);
        for (int count = random.Next(4); count > 0; count--) AddOption(Pick(options, random));
        string limits = Limits.GetValueOrDefault(words[0], "");
        string input = Pick(Inputs, random);
        if (input.StartsWith("< ", StringComparison.Ordinal)) read.Add(input[2..]);
        return new RandomCall
        {
            Line = $"{string.Join(' ', words)} {limits}",
            Redirections = $"{input} {Pick(Streams, random)}",
            Read = read,
            Written = written,
        };

        void Add(List<string> names, string value)
        {
            words.Add(value);
            names.Add(value);
        }

        void AddOption(Option option)
        {
            words.Add(option.Name);
            // A switch needs no value, and rarely gets one.
            if (option.Arity.MinimumNumberOfValues == 0 && random.Next(20) > 0) return;
            bool isWritten = IsOutput(option) || option.Name is "--run" or "--sweep" or "--resume";
            Add(isWritten ? written : read, ValueOf(IsOutput(option) ? option.Name : option.HelpName ?? "", random));
        }
    }

    public override string ToString() => $"aphorist {Line} {Redirections}";

    private static Command Start(Random random, List<string> words)
    {
        string name = Pick(Commands, random);
        Command command = AphoristCommand.Create().Subcommands.First(one => one.Name == name);
        words.Add(name);
        if (command.Subcommands.Count > 0 && random.Next(2) == 0)
        {
            command = Pick([.. command.Subcommands], random);
            words.Add(command.Name);
        }

        return command;
    }

    /// <summary>The number of values: rarely one too few or too many.</summary>
    private static int CountOf(ArgumentArity arity, Random random)
    {
        if (random.Next(20) == 0) return random.Next(3);
        return Math.Max(arity.MinimumNumberOfValues, arity.MaximumNumberOfValues > 1 ? 1 + (random.Next(4) / 3) : random.Next(2));
    }

    private static bool IsOutput(Option option) => option.Name == "--output";

    private static string ValueOf(string name, Random random) => random.Next(10) == 0 ? Pick(Wrong, random) : name switch
    {
        "MODEL" or "model" => Pick(Models, random),
        "CORPUS" or "TEXT" or "corpus" => Pick(Texts, random),
        "FILE" => Pick([.. Texts, .. Models], random),
        "RUN" or "folder" => Pick(Folders, random),
        "file" => Pick(Files, random),
        "--output" => Pick(Outputs, random),
        _ when name.Contains('|', StringComparison.Ordinal) => Pick(name.Split('|'), random),
        "text" or "NAME" or "SHELL" or "name" => Pick([.. Words, .. Texts], random),
        _ when name.Contains('=', StringComparison.Ordinal) => Pick(Words, random),
        _ => Pick(Numbers, random),
    };

    private static T Pick<T>(T[] values, Random random) => values[random.Next(values.Length)];
}
