// Generates text with a model file and writes each token as soon as it is sampled.

using System.Globalization;
using System.Numerics;
using Aphorist;

const int Success = 0, Failure = 1, InvalidArguments = 2;

if (args is [] or ["", ..] or { Length: > 5 })
    return Fail(InvalidArguments, "Usage: TinyGenerator MODEL [PROMPT] [LENGTH] [TEMPERATURE] [SEED].");
try
{
    string prompt = args.ElementAtOrDefault(1) ?? "";
    GenerationOptions options = new()
    {
        MaxTokens = GetNumber(2, "length", defaultValue: 400),
        Temperature = GetNumber(3, "temperature", defaultValue: 0.5),
        Seed = GetNumber(4, "seed", defaultValue: (ulong)Random.Shared.Next()),
    };

    TextGenerator generator = new(LanguageModel.Load(args[0]));
    using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
    IEnumerable<string> text = generator.Stream(prompt, options);
    output.Write(prompt);
    foreach (string piece in text) output.Write(piece);
    output.WriteLine();
    return Success;
}
catch (FormatException exception)
{
    return Fail(InvalidArguments, exception.Message);
}
catch (Exception exception) when (exception is AphoristException or IOException)
{
    return Fail(Failure, exception.Message);
}

T GetNumber<T>(int index, string name, T defaultValue) where T : INumber<T> =>
    index >= args.Length ? defaultValue
    : T.TryParse(args[index], CultureInfo.InvariantCulture, out T? number) && number >= T.Zero ? number
    : throw new FormatException($"The {name} is '{args[index]}', but must be a number of at least 0.");

static int Fail(int exitCode, string message)
{
    Console.Error.WriteLine(message);
    return exitCode;
}
