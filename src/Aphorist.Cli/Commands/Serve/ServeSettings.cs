using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Text;
using Microsoft.Extensions.Configuration;

namespace Aphorist.Cli.Commands.Serve;

/// <summary>
/// Options that are not in the call but in environment variables, such as Aphorist__MaxTokens, or in the section Aphorist of the file
/// appsettings.json in the current folder. The call has precedence over the variables, and these over the file.
/// </summary>
internal sealed class ServeSettings
{
    private const string Section = "Aphorist", Separator = "__", FileName = "appsettings.json";

    private readonly ParseResult call, settings;
    private readonly Dictionary<Symbol, string> names;

    private ServeSettings(ParseResult call, ParseResult settings, Dictionary<Symbol, string> names, string? file) =>
        (this.call, this.settings, this.names, File) = (call, settings, names, file);

    /// <summary>The file that has settings; null if there is none.</summary>
    public string? File { get; }

    /// <summary>Reads the settings that add to a call.</summary>
    /// <exception cref="UsageException">A setting is unknown or has a wrong value.</exception>
    /// <exception cref="InvalidDataException">The file is not valid JSON.</exception>
    public static ServeSettings Read(ParseResult call, AphoristConsole console)
    {
        IConfigurationSection file = ReadFile().GetSection(Section);
        // As in .NET, letter case does not matter.
        IConfigurationSection variables = new ConfigurationBuilder()
            .AddInMemoryCollection(console.GetVariables()
                .Where(variable => variable.Name.StartsWith(Section + Separator, StringComparison.OrdinalIgnoreCase))
                .Select(variable => new KeyValuePair<string, string?>(
                    variable.Name.Replace(Separator, ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), variable.Value)))
            .Build()
            .GetSection(Section);
        Command command = call.CommandResult.Command;
        Dictionary<Symbol, string[]> values = [];
        Dictionary<Symbol, string> names = [];
        foreach (IConfigurationSection setting in file.GetChildren())
            Add(setting, $"The setting {Section}:{setting.Key} in {FileName}");
        foreach (IConfigurationSection setting in variables.GetChildren())
            Add(setting, $"The environment variable {Section}{Separator}{setting.Key}");
        return new(call, Parse(command, values), names, file.Exists() ? Path.GetFullPath(FileName) : null);

        void Add(IConfigurationSection setting, string source)
        {
            Symbol? option = ServeOptions.Settings.FirstOrDefault(
                known => known.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)).Option;
            if (option is null)
                throw new UsageException(
                    $"{source} is unknown.{(NearestName.To(setting.Key, ServeOptions.Settings.Select(known => known.Name)) is string nearest
                        ? $" Did you mean '{nearest}'?" : "")}");
            values[option] = ValuesOf(setting, isList: option is Argument or Option<string[]>, source);
            if (Parse(command, new() { [option] = values[option] }).Errors is [ParseError error, ..])
                throw new UsageException($"{source} is wrong: {error.Message}");
            names[option] = source;
        }
    }

    /// <summary>The file or variable that sets a property of the server, in words; null if the call or nothing sets it.</summary>
    public string? NameOf(string? property)
    {
        Symbol? symbol = ServeOptions.Settings.FirstOrDefault(known => known.Name == property).Option;
        if (symbol is null || !names.TryGetValue(symbol, out string? name)) return null;
        return (symbol is Option option ? SourceOf(option) : SourceOf((Argument)symbol)) == settings ? name : null;
    }

    /// <summary>What has the value of an option or argument: the call if it is given there, otherwise the settings.</summary>
    public ParseResult SourceOf(Option option) => call.GetResult(option) is null or { Implicit: true } ? settings : call;

    /// <inheritdoc cref="SourceOf(Option)"/>
    public ParseResult SourceOf(Argument argument) => call.GetResult(argument) is null or { Tokens.Count: 0 } ? settings : call;

    /// <summary>Parses settings as a call with these options, which checks them.</summary>
    private static ParseResult Parse(Command command, Dictionary<Symbol, string[]> values) => command.Parse(
        [
            .. from option in values.Keys.OfType<Option>() from value in values[option] select $"{option.Name}={Seconds(option, value)}",
            "--",
            .. values.Keys.OfType<Argument>().SelectMany(argument => values[argument]),
        ]);

    private static IConfigurationRoot ReadFile()
    {
        ConfigurationBuilder builder = new();
        if (!System.IO.File.Exists(FileName)) return builder.Build();
        try
        {
            return builder.AddJsonFile(Path.GetFullPath(FileName)).Build();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"'{FileName}' is not valid JSON. {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>The values of a setting: one, or those of a list.</summary>
    private static string[] ValuesOf(IConfigurationSection setting, bool isList, string source)
    {
        IConfigurationSection[] items = [.. setting.GetChildren()];
        bool isWrong = items.Length > 0 && (!isList || !items.All(item => item.Value is not null && int.TryParse(item.Key, out _)));
        if (isWrong) throw new UsageException($"{source} must be {(isList ? "a list of texts" : "one value")}.");
        string[] values = items.Length > 0 ? [.. items.Select(item => item.Value!)] : [setting.Value ?? ""];
        return !values.Any(value => value.Length == 0 || value.Contains('\0', StringComparison.Ordinal))
            ? values
            : throw new UsageException($"{source} is empty or has a NUL character: give a value, or remove it.");
    }

    /// <summary>A time in the notation of .NET, 00:10:00, as seconds; other values as they are.</summary>
    private static string Seconds(Symbol option, string value) =>
        option is NumberOption<double> && value.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out TimeSpan time)
            ? time.TotalSeconds.ToString(CultureInfo.InvariantCulture)
            : value;
}
