// Writes with a model file, one character after the other.

using System.Globalization;
using System.Numerics;
using Aphorist;

const int Done = 0, Failed = 1, WrongCall = 2;

if (args is [] or ["", ..] or { Length: > 5 }) return Fail(WrongCall, "Call it like this: TinyGenerator MODEL [PROMPT] [LENGTH] [TEMPERATURE] [SEED].");
try
{
    string prompt = args.ElementAtOrDefault(1) ?? "";
    GenerationOptions options = new()
    {
        MaxTokens = Number(2, "length", otherwise: 400),
        Temperature = Number(3, "temperature", otherwise: 0.5),
        Seed = Number(4, "seed", otherwise: (ulong)Random.Shared.Next()),
    };

    TextGenerator generator = new(LanguageModel.Load(args[0]));
    using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
    IEnumerable<string> text = generator.Stream(prompt, options);
    output.Write(prompt);
    foreach (string piece in text) output.Write(piece);
    output.WriteLine();
    return Done;
}
catch (FormatException exception)
{
    return Fail(WrongCall, exception.Message);
}
catch (Exception exception) when (exception is AphoristException or IOException)
{
    return Fail(Failed, exception.Message);
}

T Number<T>(int place, string name, T otherwise) where T : INumber<T> =>
    place >= args.Length ? otherwise
    : T.TryParse(args[place], CultureInfo.InvariantCulture, out T? number) && number >= T.Zero ? number
    : throw new FormatException($"The {name} is '{args[place]}': give a number from 0 on, such as {otherwise}.");

static int Fail(int exitCode, string sentence)
{
    Console.Error.WriteLine(sentence);
    return exitCode;
}
