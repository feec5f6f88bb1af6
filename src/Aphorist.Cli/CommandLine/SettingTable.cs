using System.Collections;
using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// The options of a command that set the properties of a record, one entry each. They are applied in the order of the entries.
/// </summary>
/// <typeparam name="TRecord">The record, such as <see cref="ModelSpec"/>.</typeparam>
internal sealed class SettingTable<TRecord> : IEnumerable<Option>
{
    private readonly List<Setting> settings = [];

    /// <summary>Adds an option that takes a number.</summary>
    /// <param name="heading">The heading of the option in the help.</param>
    /// <param name="option">The option.</param>
    /// <param name="set">Returns the record with the value of the option.</param>
    /// <param name="onlyWith">The options that this one applies to, such as "--objective windows"; null if it always applies.</param>
    /// <param name="applies">Whether this option applies to a record.</param>
    public void Add<T>(
        string heading, NumberOption<T> option, Func<TRecord, T, TRecord> set, string? onlyWith = null, Predicate<TRecord>? applies = null)
        where T : struct, System.Numerics.INumber<T> =>
        Add(heading, option, option.GetValue, set, onlyWith, applies);

    /// <summary>Adds an option that takes one of a few words.</summary>
    /// <inheritdoc cref="Add{T}(string, NumberOption{T}, Func{TRecord, T, TRecord}, string?, Predicate{TRecord}?)"/>
    public void Add<T>(
        string heading, ChoiceOption<T> option, Func<TRecord, T, TRecord> set, string? onlyWith = null, Predicate<TRecord>? applies = null)
        where T : struct =>
        Add(heading, option, option.GetValue, set, onlyWith, applies);

    /// <summary>Adds an option that takes text.</summary>
    /// <inheritdoc cref="Add{T}(string, NumberOption{T}, Func{TRecord, T, TRecord}, string?, Predicate{TRecord}?)"/>
    public void Add(string heading, Option<string?> option, Func<TRecord, string, TRecord> set) =>
        settings.Add(new(heading, option, (record, call) => call.GetValue(option) is string value ? set(record, value) : record));

    /// <summary>The options under a heading.</summary>
    public IEnumerable<Option> Under(string heading) =>
        settings.Where(setting => setting.Heading == heading).Select(setting => setting.Option);

    /// <summary>Returns the record with the values of the options that a call gives.</summary>
    /// <exception cref="UsageException">An option does not apply to the record.</exception>
    public TRecord Apply(TRecord record, ParseResult call)
    {
        foreach (Setting setting in settings) record = setting.Apply(record, call);
        Setting? stray = settings.Find(setting => setting.Applies?.Invoke(record) == false && call.GetResult(setting.Option) is not null);
        return stray is null
            ? record
            : throw new UsageException(
                $"{stray.Option.Name} applies only with {stray.OnlyWith}: add that, or leave out {stray.Option.Name}.");
    }

    public IEnumerator<Option> GetEnumerator() => settings.Select(setting => setting.Option).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add<T>(
        string heading, Option option, Func<ParseResult, T?> read, Func<TRecord, T, TRecord> set, string? onlyWith, Predicate<TRecord>? applies)
        where T : struct =>
        settings.Add(new(heading, option, (record, call) => read(call) is T value ? set(record, value) : record, onlyWith, applies));

    private sealed record Setting(
        string Heading,
        Option Option,
        Func<TRecord, ParseResult, TRecord> Apply,
        string? OnlyWith = null,
        Predicate<TRecord>? Applies = null);
}
