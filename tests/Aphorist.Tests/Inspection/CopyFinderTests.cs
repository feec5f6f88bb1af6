using Aphorist.Inspection;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Inspection;

public sealed class CopyFinderTests : IDisposable
{
    // Two of them share their first UTF-16 unit.
    private static readonly string[] Alphabet = ["a", "b", "\n", "\U0001F600", "\U0001F601", "c"];

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Find_AnyTexts_IsWhatANaiveSearchFinds() =>
        Gen.Select(Strings(maximum: 30).Array[1, 4], Strings(maximum: 40).Array[1, 3], Gen.Int[1, 6], Gen.Int[0, 4], Gen.Bool)
            .Sample((files, texts, minimum, passages, isCached) =>
            {
                if (files.All(file => file.Length == 0)) return;
                using TemporaryFolder own = new();
                Corpus corpus = Open(own, files, isCached);
                CopyOptions options = new() { MinimumLength = minimum, MaxPassages = passages };
                IReadOnlyList<TextCopies> found = CopyFinder.Find(corpus, texts, options, cancellationToken: Token);
                (string Name, string[] Text)[] parts = Parts(files);
                Assert.Equal(texts.Length, found.Count);
                for (int index = 0; index < texts.Length; index++) AssertIsNaive(parts, Characters(texts[index]), options, found[index]);
            }, threads: 2, iter: 1000);

    [Fact]
    public void Find_PlantedPassages_AreFoundWithTheirPlaces()
    {
        // The text and the corpus have no other character in common.
        string first = "the fox\nand the crow", second = "a long way home";
        string copied = $"####{first}##{second}###{first[..9]}";
        Corpus corpus = Corpus.FromText($"123\n\n45{second}6\n{first}789", "numbers");

        TextCopies found = CopyFinder.Find(corpus, copied, new() { MinimumLength = 15 }, cancellationToken: Token);

        Assert.Equal((copied.Length, first.Length + second.Length), (found.CharacterCount, found.CopiedCharacters));
        Assert.Equal((double)(first.Length + second.Length) / copied.Length, found.Share);
        Assert.Equal(
            [
                new(first, 4, first.Length, "numbers", 4, 24), new(second, 26, second.Length, "numbers", 3, 7),
                new(first[..9], 44, 9, "numbers", 4, 24),
            ],
            found.Passages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Find_SeveralFiles_PassagesEndWithTheFileThatIsNamed(bool isCached)
    {
        // One file ends with a line feed, and one without.
        Corpus corpus = Open(folder, ["one\ntwo\nthr", "ee\nfour\n", "five six"], isCached);
        TextCopies found = CopyFinder.Find(corpus, "o\nthr\nee\nfour\nfive s", cancellationToken: Token);

        Assert.Equal(isCached, !corpus.IsInMemory);
        Assert.Equal(
            [
                new("ee\nfour\n", 6, 8, folder["1.txt"], 1, 12), new("o\nthr\n", 0, 6, folder["0.txt"], 2, 6),
                new("five s", 14, 6, folder["2.txt"], 1, 20),
            ],
            found.Passages);
        Assert.Equal(0, found.CopiedCharacters);
    }

    [Fact]
    public async Task Find_CorpusOfTheCatalog_IsNamed()
    {
        Corpus corpus = await Corpus.OpenAsync(["catalog:fables", "catalog:names"], cancellationToken: Token);
        string passage = corpus.Text[5000..5100];
        CopiedPassage found = CopyFinder.Find(corpus, passage, cancellationToken: Token).Passages[0];
        Assert.Equal((passage, 100, "fables"), (found.Text, found.Length, found.Source));
    }

    [Fact]
    public void Find_TextOfPassagesThatOverlap_CountsEachCharacterOnce()
    {
        TextCopies found = CopyFinder.Find(
            Corpus.FromText("abcdef.defghi"), "abcdefghi", new() { MinimumLength = 6 }, cancellationToken: Token);
        Assert.Equal((9, 1.0), (found.CopiedCharacters, found.Share));
        Assert.Equal("abcdef", Assert.Single(found.Passages).Text);
    }

    [Fact]
    public void Find_SeveralTexts_HaveNoPassageTogether()
    {
        IReadOnlyList<TextCopies> found = CopyFinder.Find(
            Corpus.FromText("abcdef"), ["xabc", "", "defx", "abcdef"], new() { MinimumLength = 3 }, cancellationToken: Token);
        Assert.Equal([3, 0, 3, 6], found.Select(text => text.CopiedCharacters));
        Assert.Equal(["abc", "def", "abcdef"], found.SelectMany(text => text.Passages.Select(passage => passage.Text)));
    }

    [Fact]
    public void Find_EmptyTextOrNoTexts_FindsNothing()
    {
        TextCopies found = CopyFinder.Find(Corpus.FromText("abc"), "", cancellationToken: Token);
        Assert.Equal((0, 0, 0.0), (found.CharacterCount, found.CopiedCharacters, found.Share));
        Assert.Empty(found.Passages);
        Assert.Empty(CopyFinder.Find(Corpus.FromText("abc"), [], cancellationToken: Token));
        Assert.Empty(CopyFinder.Find(Corpus.FromText(""), "abc", cancellationToken: Token).Passages);
    }

    [Fact]
    public void Find_OneCharacterRepeated_TakesLinearTime()
    {
        // A search that compares places with places would take hours.
        TextCopies found = CopyFinder.Find(Corpus.FromText(new('a', 1_000_000)), new string('a', 300_000), cancellationToken: Token);
        Assert.Equal((300_000, 300_000), (found.CopiedCharacters, Assert.Single(found.Passages).Length));
        TextCopies longer = CopyFinder.Find(Corpus.FromText(new('a', 1000)), new string('a', 300_000), cancellationToken: Token);
        Assert.Equal((300_000, 1000), (longer.CopiedCharacters, Assert.Single(longer.Passages).Length));
    }

    [Fact]
    public void Find_LowercaseCorpus_ComparesInLowerCase()
    {
        Corpus corpus = Corpus.FromText("The Fox And THE CROW", normalization: new(Lowercase: true));
        CopyOptions options = new() { MinimumLength = 5 };
        Assert.Equal(20, CopyFinder.Find(corpus, "the FOX and the crow", options, cancellationToken: Token).CopiedCharacters);
        corpus = Corpus.FromText("The Fox And THE CROW");
        Assert.Equal(0, CopyFinder.Find(corpus, "the FOX and the crow", options, cancellationToken: Token).CopiedCharacters);
    }

    [Theory]
    [InlineData("abc def ", 40)]
    [InlineData("\u4e2d\u6587\u5b57", 15)]
    [InlineData("\U00020000\U00020001\u3042\uac00 abc", 40)]
    [InlineData("\U00020000\U00020001\u3042\uac00 ab", 15)]
    public void Find_NoMinimumLength_DependsOnTheScriptOfTheCorpus(string text, int expected)
    {
        Corpus corpus = Corpus.FromText(string.Concat(Enumerable.Repeat(text, 60)));
        string[] copies = [corpus.Text, Beginning(expected), Beginning(expected - 1)];
        IReadOnlyList<TextCopies> found = CopyFinder.Find(corpus, copies, cancellationToken: Token);
        Assert.All(found, one => Assert.Equal(expected, one.MinimumLength));
        Assert.Equal([1, 1, 0], found.Select(one => one.Share));

        string Beginning(int length) => string.Concat(corpus.Text.EnumerateRunes().Take(length));
    }

    [Fact]
    public void Find_LargeCorpus_ReportsProgressToItsEnd()
    {
        Corpus corpus = Open(folder, [new string('a', 100_000)], isCached: true);
        List<CorpusProgress> reports = [];
        CopyFinder.Find(corpus, "aaa", progress: new Listener(reports.Add), cancellationToken: Token);
        Assert.Equal(new(CorpusStage.Compare, corpus.Name, 100_000, 100_000), reports[^1]);
        Assert.True(reports.Count > 2);
    }

    [Fact]
    public void Find_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(
        () => CopyFinder.Find(Corpus.FromText("abc"), "abc", cancellationToken: new(canceled: true)));

    [Fact]
    public void Find_OptionOutOfRange_IsNamed()
    {
        AssertNamed("MinimumLength", new() { MinimumLength = 0 });
        AssertNamed("MaxPassages", new() { MaxPassages = -1 });

        static void AssertNamed(string property, CopyOptions options) => Assert.Equal(
            property,
            Assert.Throws<InvalidOptionsException>(
                () => CopyFinder.Find(Corpus.FromText("a"), "a", options, cancellationToken: Token)).PropertyName);
    }

    private static Gen<string> Strings(int maximum) =>
        Gen.Int[0, Alphabet.Length - 1].Array[0, maximum].Select(places => string.Concat(places.Select(place => Alphabet[place])));

    private static string[] Characters(string text) => [.. text.EnumerateRunes().Select(character => character.ToString())];

    /// <summary>The characters of each file that has any, with the line feed that separates it from the next.</summary>
    private static (string Name, string[] Text)[] Parts(string[] files)
    {
        (int Index, string Text)[] full = [.. files.Index().Where(file => file.Item.Length > 0)];
        return
        [
            .. full.Select(file => (
                $"{file.Index}.txt", Characters(file != full[^1] && !file.Text.EndsWith('\n') ? file.Text + "\n" : file.Text))),
        ];
    }

    private static Corpus Open(TemporaryFolder folder, string[] files, bool isCached)
    {
        CorpusOptions options = new() { CacheFolder = folder["cache"], MaxInMemoryBytes = isCached ? 0 : 1000, BlockLength = 5 };
        // A byte order mark is a file without text.
        foreach ((int index, string file) in files.Index()) folder.Write($"{index}.txt", file.Length > 0 ? file : "\uFEFF");
        return Corpus.OpenAsync(folder["*.txt"], options, cancellationToken: Token).GetAwaiter().GetResult();
    }

    private static void AssertIsNaive((string Name, string[] Text)[] parts, string[] text, CopyOptions options, TextCopies found)
    {
        int[] longest = [.. Enumerable.Range(0, text.Length).Select(start => LongestAt(parts, text, start))];
        Assert.Equal(options.MinimumLength, found.MinimumLength);
        bool[] isCopied = new bool[text.Length];
        for (int start = 0; start < text.Length; start++)
            if (longest[start] >= options.MinimumLength) isCopied.AsSpan(start, longest[start]).Fill(true);
        Assert.Equal((text.Length, isCopied.Count(copied => copied)), (found.CharacterCount, found.CopiedCharacters));

        // Those that cannot be extended to the left, longest first, without those that overlap or repeat a longer one.
        bool[] isTaken = new bool[text.Length];
        List<string> expected = [];
        IEnumerable<int> starts = Enumerable.Range(0, text.Length).Where(
            start => longest[start] > 0 && (start == 0 || longest[start - 1] <= longest[start]));
        foreach (int start in starts.OrderByDescending(start => longest[start]))
        {
            if (isTaken.AsSpan(start, longest[start]).Contains(true)) continue;
            isTaken.AsSpan(start, longest[start]).Fill(true);
            string passage = string.Concat(text[start..(start + longest[start])]);
            if (!expected.Contains(passage)) expected.Add(passage);
        }

        Assert.Equal(expected.Take(options.MaxPassages), found.Passages.Select(passage => passage.Text));
        string[] corpus = [.. parts.SelectMany(part => part.Text)];
        foreach (CopiedPassage passage in found.Passages)
        {
            string[] characters = Characters(passage.Text);
            Assert.Equal(passage.Length, characters.Length);
            Assert.Equal(characters, text[passage.Start..(passage.Start + passage.Length)]);
            Assert.Equal(characters, corpus[(int)passage.Position..((int)passage.Position + passage.Length)]);
            AssertPlace(parts, passage);
        }
    }

    /// <summary>Asserts that the file and the line are those of the position.</summary>
    private static void AssertPlace((string Name, string[] Text)[] parts, CopiedPassage passage)
    {
        int part = 0, place = (int)passage.Position;
        for (; place >= parts[part].Text.Length; part++) place -= parts[part].Text.Length;
        (string name, string[] text) = parts[part];
        Assert.True(place + passage.Length <= text.Length);
        Assert.Equal(1 + text[..place].Count(character => character == "\n"), passage.Line);
        Assert.Equal(name, Path.GetFileName(passage.Source));
    }

    private static int LongestAt((string Name, string[] Text)[] parts, string[] text, int start) => parts.Max(
        part => Enumerable.Range(0, part.Text.Length).Max(
            place => text.Skip(start).Zip(part.Text.Skip(place)).TakeWhile(pair => pair.First == pair.Second).Count()));

    private sealed class Listener(Action<CorpusProgress> report) : IProgress<CorpusProgress>
    {
        public void Report(CorpusProgress value) => report(value);
    }
}
