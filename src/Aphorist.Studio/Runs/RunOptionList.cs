using Aphorist.Studio.Hosting;
using Aphorist.Studio.NewRun;
using Aphorist.Training;

namespace Aphorist.Studio.Runs;

/// <summary>The options of a run as names and values in the language of a page.</summary>
public static class RunOptionList
{
    /// <summary>Lists the text and all options that have an effect.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(TrainingRunOptions options, Language language)
    {
        ArgumentNullException.ThrowIfNull(options);
        List<(string, string)> list = [(new Bilingual("Text", "文本").In(language), TextsOf(options))];
        if (options.ValidationText is string validation)
            list.Add((new Bilingual("Validation text", "验证文本").In(language), NameOf(validation)));
        if (options.From is string from) list.Add((new Bilingual("Starts from", "初始模型").In(language), NameOf(from)));
        Preset? preset = Preset.All.FirstOrDefault(preset => preset.Name == options.Preset);
        if (preset is not null) list.Add((new Bilingual("Preset", "预设").In(language), PresetTexts.NameOf(preset).In(language)));
        foreach (OptionField field in OptionFields.All.Where(field => field.Applies(options)))
            list.Add((field.Label.In(language), ValueOf(field, options, language)));
        return list;
    }

    /// <summary>The names of the texts, without folders.</summary>
    public static string TextsOf(TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        const int Most = 5;
        string names = string.Join(", ", options.Corpus.Take(Most).Select(NameOf));
        return options.Corpus.Count > Most ? $"{names}, ..." : names;
    }

    private static string NameOf(string source) => Path.GetFileName(source.Replace("catalog:", "", StringComparison.Ordinal));

    private static string ValueOf(OptionField field, TrainingRunOptions options, Language language)
    {
        string value = field.Read(options);
        return field switch
        {
            ChoiceField choice => choice.Choices.FirstOrDefault(one => one.Value == value).Name?.In(language) ?? value,
            SwitchField => (value == SwitchField.On ? new Bilingual("yes", "是") : new("no", "否")).In(language),
            NumberField { Empty: { } empty } when value.Length == 0 => empty.In(language),
            NumberField { Unit: { } unit } => $"{value} {unit.In(language)}",
            _ => value,
        };
    }
}
