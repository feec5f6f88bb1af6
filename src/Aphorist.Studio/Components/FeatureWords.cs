using Aphorist.Inspection;

namespace Aphorist.Studio.Components;

/// <summary>The features of a text in Chinese. Their English names and meanings are those of the library.</summary>
internal static class FeatureWords
{
    private static readonly Dictionary<TextFeature, (string Name, string Meaning)> Words = new()
    {
        [TextFeature.PositionInLine] = ("行内位置", "本行已读的字符数：第一个字符为 1，换行符为 0"),
        [TextFeature.PositionInSentence] = ("句内位置", "本句已读的字符数：第一个字符为 1，句子之间为 0"),
        [TextFeature.TitleLine] = ("标题行", "两个以上空行之后的一行为 1，其余为 0"),
        [TextFeature.InsideQuotes] = ("引号内", "从左双引号到右双引号（或空行）之前为 1，其余为 0"),
        [TextFeature.InsideParentheses] = ("括号内", "从左括号到右括号（或空行）之前为 1，其余为 0"),
        [TextFeature.WordEnd] = ("词尾", "单词之后的第一个字符为 1，其余为 0"),
        [TextFeature.PositionInWord] = ("词内位置", "本词已读的字符数：第一个字符为 1，词与词之间为 0"),
        [TextFeature.Capital] = ("大写字母", "大写字母为 1，其余为 0"),
        [TextFeature.SincePunctuation] = ("与上一个标点的距离", "上一个标点或换行之后已读的字符数：标点本身为 0"),
        [TextFeature.Punctuation] = ("标点", "标点为 1，其余为 0"),
        [TextFeature.Numeral] = ("数字", "阿拉伯数字和中文数字为 1，其余为 0"),
        [TextFeature.FunctionCharacter] = ("虚字", "主要起语法作用的字（如“的”“了”“是”）为 1，其余为 0"),
        [TextFeature.HanCharacter] = ("汉字", "汉字为 1，其余为 0"),
    };

    /// <summary>The name and the meaning of a feature; those in English of one that is not in the library.</summary>
    public static (string Name, string Meaning) InChinese(TextFeature feature) =>
        Words.TryGetValue(feature, out (string Name, string Meaning) words) ? words : (feature.Name, feature.Meaning);
}
