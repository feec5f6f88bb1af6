using System.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>Reports a failed call in one or two sentences.</summary>
internal static class ErrorReport
{
    private const int LongestMessage = 2000;

    /// <summary>Writes the message, and with --debug the stack trace, and returns the exit code.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="call">The call that failed.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="name">The name that the message begins with.</param>
    public static int Write(Exception exception, ParseResult call, TextWriter error, string name = AphoristCommand.Name)
    {
        Command command = call.CommandResult.Command;
        bool debug = call.GetValue(GlobalOptions.Debug);
        error.WriteLine($"{name}: {SentenceOf(exception, debug, command)}");
        if (exception is CorpusException { Undecodable: { } text }) WriteEncodings(text, command, error);
        if (debug) error.WriteLine(exception);
        bool isWrongCall = exception is UsageException
            || (exception is InvalidOptionsException && !IsDefault(OptionOf(exception, command), call));
        return isWrongCall ? ExitCode.WrongCall : ExitCode.Failed;
    }

    /// <summary>Describes a failure.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="debug">Whether the stack trace follows.</param>
    /// <param name="command">The command whose options the message names, instead of the library's properties.</param>
    public static string SentenceOf(Exception exception, bool debug, Command? command = null)
    {
        if (exception is OutOfMemoryException) return "Not enough memory: use a smaller model, batch, window or sequence length.";
        string message = Plain(exception.Message);
        if (command is not null && OptionOf(exception, command) is Option option)
        {
            string named = PropertyNames.ToOptions(message, command);
            return named.Contains(option.Name, StringComparison.Ordinal) ? named : $"{option.Name}: {named}";
        }

        if (exception is ModelFileException { OtherFormat: { } format } file && command?.Name != "import")
            return $"{message}{ImportHint(format, file.Path)}";
        if (IsExpected(exception)) return message;
        return $"Unexpected error: {message.TrimEnd('.')}{(debug ? "." : " (--debug prints the stack trace).")}";
    }

    /// <summary>
    /// A message as one line. It can contain what a person typed, which must not control the terminal and can have any length.
    /// </summary>
    public static string Plain(string message)
    {
        string line = message.ReplaceLineEndings(" ");
        if (line.Length > LongestMessage) line = $"{line[..(LongestMessage / 2)]}...{line[^(LongestMessage / 2)..]}";
        return string.Concat(line.Select(unit => char.IsControl(unit) ? $"\\u{(int)unit:X4}" : unit.ToString()));
    }

    /// <summary>Shows what the encodings that a text may have would make of it, for the person to choose.</summary>
    private static void WriteEncodings(UndecodableText text, Command command, TextWriter error)
    {
        IReadOnlyList<string> candidates = EncodingCandidates.Describe(text);
        if (candidates.Count == 0) return;
        error.WriteLine("It may be in one of these encodings, the most likely first:");
        foreach (string candidate in candidates) error.WriteLine(candidate);
        error.WriteLine(command.Options.Any(option => option.Name == EncodingOption.Name)
            ? $"Choose one with {EncodingOption.Name} NAME, which applies to all texts of the call, or convert the text to UTF-8."
            : "Convert the text to UTF-8 first, for example with iconv.");
    }

    /// <summary>The call that converts a model of another program.</summary>
    private static string ImportHint(OtherModelFormat format, string path) => format switch
    {
        OtherModelFormat.Onnx => "",
        OtherModelFormat.TorchSave => " Convert that file with: aphorist import FILE --corpus TEXT --output model.safetensors",
        _ => $" Convert it with: aphorist import {ShellWord.Of(path)} --corpus TEXT --output model.safetensors",
    };

    /// <summary>The option of the called command that sets the property which the library refused.</summary>
    private static Option? OptionOf(Exception exception, Command command) =>
        exception is InvalidOptionsException invalid ? PropertyNames.OptionOf(invalid.PropertyName, command) : null;

    /// <summary>Whether the library refused the default of an option: then the input is wrong, such as a text that is too short.</summary>
    private static bool IsDefault(Option? option, ParseResult call) =>
        option is not null && call.GetResult(option) is null or { Implicit: true };

    /// <summary>Whether the message is written for the person who made the call.</summary>
    private static bool IsExpected(Exception exception) => exception
        is UsageException
        or AphoristException
        or IOException
        or InvalidDataException
        or UnauthorizedAccessException
        or PlatformNotSupportedException
        // A message with the name of a parameter is written for programmers.
        or ArgumentException { ParamName: null };
}
