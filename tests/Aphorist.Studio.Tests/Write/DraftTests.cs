using Aphorist.Studio.Components;
using Aphorist.Studio.Write;
using Xunit;

namespace Aphorist.Studio.Tests.Write;

public sealed class DraftTests
{
    [Fact]
    public void Cut_AnyLength_IsTheStartAndStaysWhenTheTextGrows()
    {
        Draft draft = new();
        // Lines of many lengths, among them one that needs several blocks.
        Random random = new(4);
        for (int unit = 0; unit < 6000; unit++) draft.Add(Unit(unit, unit is < 2500 or > 5000 && random.Next(40) == 0 ? "\n" : "x"));
        foreach (int length in (int[])[0, 1, 99, 100, 101, 2499, 3000, 5999, 6000])
        {
            Draft cut = draft.Cut(length);
            for (int more = 0; more < 300; more++) draft.Add(Unit(-1, "\n"));
            Assert.Equal(length, cut.Length);
            Assert.Equal(Enumerable.Range(0, length), cut.Units.Select(unit => unit.Id));
            Assert.Equal(Enumerable.Range(0, length), cut.GetIds(length));
            cut.Add(Unit(-2, "y"));
            Assert.NotEqual(-2, draft[length].Id);
            int expected = 0;
            foreach (TextBlock block in cut.Blocks)
            {
                Assert.Equal(expected, block.Start);
                expected += block.Units.Count;
            }
        }

        for (int place = 0; place < 6000; place++) Assert.Equal(place, draft[place].Id);
    }

    [Fact]
    public void Blocks_LongText_EndWithTheirLines()
    {
        Draft draft = new();
        for (int unit = 0; unit < 5000; unit++) draft.Add(Unit(unit, unit % 70 == 69 ? "\n" : "x"));
        Assert.All(draft.Blocks.SkipLast(1), block => Assert.True(block.IsParagraph && block.Units.Count < 200));
    }

    [Fact]
    public void Memory_WrittenAndRead_IsTheSame()
    {
        SamplingSettings settings = new() { Temperature = 0.3, TopK = 4, Seed = 12, Length = 77 };
        WriteMemory memory = new() { Settings = settings, Text = "一 two\n\u0001", Parts = [2, 3, 1], Runs = 2 };
        WriteMemory read = WriteMemory.Read(memory.ToJson());
        Assert.Equal((settings, memory.Text, 2), (read.Settings, read.Text, read.Runs));
        Assert.Equal([true, true, false, false, false, true], read.Origins());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"Text\":null}")]
    [InlineData("{\"Settings\":null}")]
    [InlineData("{\"Parts\":null}")]
    [InlineData("{\"Text\":5")]
    public void Memory_Damaged_IsEmpty(string json)
    {
        WriteMemory read = WriteMemory.Read(json);
        Assert.Equal(("", new SamplingSettings()), (read.Text, read.Settings));
    }

    [Fact]
    public void Limit_HostileNumbers_AreInRange()
    {
        SamplingSettings hostile = new()
        {
            Temperature = double.NaN, TopK = -5, TopP = 0, MinP = 7, TypicalP = double.NegativeInfinity, RepetitionPenalty = -1,
            Seed = -3, Length = int.MaxValue,
        };
        SamplingSettings limited = hostile.Limit();
        Assert.Equal(SamplingSettings.MaxLength, limited.Length);
        // The options accept all of it.
        Assert.Equal(1, limited.ToOptions(CharacterTokenizer.FromCharacters("ab"), 1).MinP);
        Assert.Null(limited.Seed);
    }

    [Theory]
    [InlineData(1, "100 %")]
    [InlineData(0.9999, ">99 %")]
    [InlineData(0.5, "50 %")]
    [InlineData(0.0999, "10 %")]
    [InlineData(0.0345, "3.5 %")]
    [InlineData(0.000999, "0.10 %")]
    [InlineData(0.0001, "0.010 %")]
    [InlineData(1e-9, "<0.001 %")]
    [InlineData(0, "0 %")]
    public void Percent_Number_HasTwoDigits(double probability, string expected) => Assert.Equal(expected, Numbers.Percent(probability));

    private static TextUnit Unit(int id, string text) => new(text, id, 0, IsGiven: false);
}
