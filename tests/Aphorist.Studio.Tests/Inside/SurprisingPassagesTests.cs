using System.Text;
using Aphorist.Studio.Inside.Reading;
using Xunit;

namespace Aphorist.Studio.Tests.Inside;

/// <summary>Where texts are cut into passages. Every character has a surprisal of 1 bit, and those of the passage in question 2.</summary>
public sealed class SurprisingPassagesTests
{
    private const string Long = "从春天到夏天，没有下过一场雨，池塘里的水越来越少，只剩下中间一小片，鸭子、驴子和青蛙每天都来喝水，谁也不说话。";

    [Theory]
    [InlineData("驴子用脚挖，蚂蚁在下面带路，挖了半天，土真的湿了，青蛙看见了，不好意思地跳来帮忙，用手往外捧泥！")]
    [InlineData("鸭子说：“你那么小，知道什么？我在这里住了三十年，每一块石头都认得我，你却连水在哪里也不知道，还不快走开。”")]
    [InlineData("他们挖了三天三夜，清清的水流了出来，慢慢流进了池塘，大家喝着凉水，都看着小蚂蚁，「谁想得到呢？！」")]
    public void Passages_Chinese_AreWholeSentencesWithTheirQuotes(string sentence)
    {
        string text = Long + sentence + Long + "完。";
        Assert.Equal(sentence, Assert.Single(Find(1, text, sentence)).Text);
        Assert.Equal(sentence, Assert.Single(Find(1, text, sentence, ofBytes: true)).Text);
        Assert.Equal(
            Find(3, text, sentence).Select(passage => passage.Text),
            Find(3, text, sentence, ofBytes: true).Select(passage => passage.Text));
    }

    [Fact]
    public void Passages_ShortChineseSentences_AreJoinedToAboutALine()
    {
        string text = string.Concat(Enumerable.Range(0, 60).Select(number => (number % 3) switch
        {
            0 => "小鸟每天早上唱歌。",
            1 => "一天早上，她张开嘴，一点声音也没有。",
            _ => "她想：“我的歌丢了。”",
        }));
        foreach (Passage passage in Find(5, text, ""))
        {
            Assert.Contains(passage.Text[0], "小一她");
            Assert.EndsWith(passage.Text[^1] == '”' ? "。”" : "。", passage.Text, StringComparison.Ordinal);
            Assert.InRange(passage.Characters, 40, 60);
        }
    }

    [Fact]
    public void Passages_ChineseWithoutSentences_AreCutAtClauses()
    {
        string text = string.Concat(Enumerable.Repeat("从春天到夏天，没有下过一场雨，", 40));
        Passage[] passages = [.. Find(20, text, "")];
        Assert.True(passages.Length > 3);
        Assert.All(passages, passage => Assert.Contains(passage.Text[0], "从没"));
        Assert.All(passages, passage => Assert.Equal('，', passage.Text[^1]));
        Assert.All(passages, passage => Assert.InRange(passage.Characters, 40, 95));
    }

    [Theory]
    [InlineData("中")]
    [InlineData("a")]
    public void Passages_TextWithoutAnyBoundary_AreCutAnywhere(string character)
    {
        string text = string.Concat(Enumerable.Repeat(character, 1000));
        Passage[] passages = [.. Find(20, text, "")];
        Assert.True(passages.Length > 3);
        Assert.All(passages, passage => Assert.InRange(passage.Characters, 40, 160));
    }

    [Theory]
    [InlineData("The ducks said that the water was theirs, and so the others must not drink it at all. ")]
    [InlineData("오리가 말했다 물은 내가 헤엄치는 데 쓰는 것이니 다른 이들은 마시지 말라고 당나귀는 물은 내가 마시는 것이니 헤엄치지 말라고 했다 ")]
    public void Passages_TextWithSpaces_BeginAndEndBetweenWords(string sentence)
    {
        string text = string.Concat(Enumerable.Repeat(sentence, 20));
        HashSet<string> words = [.. sentence.Split(' ')];
        foreach (Passage passage in Find(10, text, ""))
        {
            Assert.InRange(passage.Characters, 80, 100);
            Assert.All(passage.Text.Split(' '), word => Assert.Contains(word, words));
        }
    }

    [Fact]
    public void Passages_EnglishWordsInAChineseSentence_DoNotCutIt()
    {
        const string Sentence = "他用 Visual Studio Code 写了一个小小的 C# 程序，训练了一个 small language model，然后让它写寓言，写得还不错。";
        Assert.Equal(Sentence, Assert.Single(Find(1, Long + Sentence + Long, Sentence)).Text);
    }

    private static IReadOnlyList<Passage> Find(int count, string text, string surprising, bool ofBytes = false)
    {
        SurprisingPassages passages = new(count);
        int start = text.IndexOf(surprising, StringComparison.Ordinal), end = start + surprising.Length, place = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            double bits = place >= start && place < end ? 2 : 1;
            int bytes = ofBytes ? character.Utf8SequenceLength : 1;
            for (int index = 0; index < bytes; index++)
            {
                bool isLast = index == bytes - 1;
                passages.Add(Token(isLast ? character.ToString() : "", index == 0 ? 1 : 0, index == 0 ? bits : 0));
            }

            place += character.Utf16SequenceLength;
        }

        return passages.Finish();
    }

    private static ScoredToken Token(string text, int characters, double bits) => new()
    {
        Text = text,
        CharacterCount = characters,
        DisplayText = text,
        Id = 0,
        LogProbability = -bits * Math.Log(2),
        Rank = 1,
        Entropy = 0,
        Alternatives = [],
    };
}
