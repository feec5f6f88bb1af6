using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>What the presets give, in both languages.</summary>
public static class PresetTexts
{
    /// <summary>The name of a preset on the page.</summary>
    public static Bilingual NameOf(Preset preset) => preset.Name switch
    {
        "quick" => new("Quick", "快速"),
        "best" => new("Best", "最佳"),
        "char-rnn" => new("char-rnn", "char-rnn"),
        "notebook" => new("Notebook", "Notebook"),
        string name => new(name, name),
    };

    /// <summary>What it gives.</summary>
    public static Bilingual Describe(Preset preset) => preset.Name switch
    {
        "quick" => new("Readable text after one minute. One layer of 384 units.", "一分钟后就能写出可读的文字。一层，384 个单元。"),
        "best" => new("The best model for fifteen minutes. Two layers of 384 units.", "十五分钟内最好的模型。两层，每层 384 个单元。"),
        "char-rnn" => new(
            "As Karpathy’s char-rnn: 50 passes over the text, two layers of 128 units.",
            "与 Karpathy 的 char-rnn 相同：遍历文本 50 遍，两层，每层 128 个单元。"),
        "notebook" => new(
            "As the Keras notebook: 59 passes over windows of 60 characters, lower case. Takes the longest.",
            "与 Keras notebook 相同：在 60 个字符的窗口上遍历 59 遍，小写。耗时最长。"),
        _ => new(preset.Description, preset.Description),
    };
}
