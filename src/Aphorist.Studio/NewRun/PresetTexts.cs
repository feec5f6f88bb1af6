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
        "best" => new(
            "The best model after fifteen minutes of training. Two layers of 384 units.", "训练十五分钟所能得到的最好模型。两层，每层 384 个单元。"),
        "char-rnn" => new(
            "The settings of Karpathy’s char-rnn: 50 epochs, two layers of 128 units.",
            "与 Karpathy 的 char-rnn 相同：50 轮，两层，每层 128 个单元。"),
        "notebook" => new(
            "The settings of the Keras text generation example: 59 epochs over windows of 60 characters, lower case. Takes the longest.",
            "与 Keras 文本生成示例相同：60 个字符的窗口，59 轮，转为小写。耗时最长。"),
        _ => new(preset.Description, preset.Description),
    };
}
