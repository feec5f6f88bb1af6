using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>Finds the option that an exception is about, and says in both languages what is wrong.</summary>
public static class RunProblem
{
    /// <summary>What the library does not accept of some options; null if it accepts them.</summary>
    public static (string Id, Bilingual Sentence)? Of(TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            options.Validate();
            return null;
        }
        catch (InvalidOptionsException exception)
        {
            return Of(exception, options);
        }
    }

    /// <summary>The option that an exception names, and what is wrong; the id is empty if the page has no such option.</summary>
    public static (string Id, Bilingual Sentence) Of(InvalidOptionsException exception, TrainingRunOptions options)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(options);
        OptionField? field = OptionFields.All.FirstOrDefault(
            field => field.Property == exception.PropertyName && OptionFields.Apply(field, options));
        return (field?.Id ?? "", new(English(exception), Chinese(exception, field)));
    }

    /// <summary>What is wrong, in Chinese; null if the exception names no option of the page.</summary>
    public static string? InChinese(InvalidOptionsException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        OptionField? field = OptionFields.All.FirstOrDefault(field => field.Property == exception.PropertyName);
        return field is null ? null : Chinese(exception, field);
    }

    /// <summary>The message with the names of the options on the page instead of those of properties.</summary>
    private static string English(InvalidOptionsException exception) => OptionFields.All
        .Where(field => field.Property.Skip(1).Any(char.IsUpper))
        .Aggregate(exception.Message, (text, field) => text.Replace(
            field.Property, field.Label.English.ToLowerInvariant(), StringComparison.Ordinal));

    private static string Chinese(InvalidOptionsException exception, OptionField? field) => exception.PropertyName switch
    {
        nameof(ModelSpec.Residual) => "残差连接至少需要 2 层。请增加层数，或关闭残差连接。",
        nameof(ModelSpec.KernelSize) => $"卷积看到的词元太多，最多为 {ModelSpec.MaxReceptiveField}。请减少层数或减小卷积核。",
        nameof(ModelSpec.Layers) => "该结构不支持这么多层。请减少层数。",
        nameof(ModelSpec.Window) => "文本比窗口还短，或窗口太大。请使用更长的文本，或减小窗口。",
        nameof(TrainingOptions.ValidationShare) => "按这个比例，训练集或验证集将没有内容。请改变比例，或使用更长的文本。",
        nameof(TrainingOptions.SequenceLength) => "一批数据需要的内存太大。请减小序列长度或隐藏层大小。",
        nameof(TrainingOptions.BatchSize) => "文本太短，或需要的内存太大。请减小批大小或序列长度，或使用更长的文本。",
        nameof(ModelSpec.HiddenSize) => "模型太大。请减小隐藏层大小或层数。",
        _ => $"“{field?.Label.Chinese ?? exception.PropertyName}”的值不可用：{exception.Message}",
    };
}
