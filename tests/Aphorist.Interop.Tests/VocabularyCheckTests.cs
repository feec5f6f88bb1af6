using System.Text;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Interop.Tests;

/// <summary>
/// Three small models that number the characters of their text in different orders, trained here for about a second each: the right
/// vocabulary passes, every other usual order and every exchanged pair is noticed.
/// </summary>
public sealed class VocabularyCheckTests(VocabularyCheckTests.Models models) : IClassFixture<VocabularyCheckTests.Models>
{
    private static readonly CharacterOrder[] Orders = Enum.GetValues<CharacterOrder>();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Check_RightOrder_Fits(int index)
    {
        (PyTorchModel model, CharacterOrder order) = models.All[index];

        ImportCheck check = model.Check(
            ImportedVocabulary.Create(models.Corpus, order), models.Corpus, TestContext.Current.CancellationToken);

        Assert.True(check.Fits, check.ToString());
        Assert.InRange(check.Loss, 1, check.UnigramLoss - 0.3);
        Assert.Equal(GenerationMode.Stateful, check.BestMode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Check_OtherOrder_NamesTheRightOne(int index)
    {
        (PyTorchModel model, CharacterOrder order) = models.All[index];
        foreach (CharacterOrder wrong in Orders.Where(other => other != order))
        {
            ImportCheck check = model.Check(
                ImportedVocabulary.Create(models.Corpus, wrong), models.Corpus, TestContext.Current.CancellationToken);

            Assert.False(check.Fits);
            Assert.Equal(order, check.BetterOrder);
            Assert.True(check.BetterLoss < check.Loss - 1);
        }
    }

    [Theory]
    [InlineData(0, 'e', 't')]
    [InlineData(0, ' ', 'e')]
    [InlineData(1, 'b', 'w')]
    [InlineData(1, ',', 'y')]
    [InlineData(2, 'a', 'o')]
    [InlineData(2, '\n', '.')]
    public void Check_ExchangedPair_NamesBoth(int index, char first, char second)
    {
        (PyTorchModel model, CharacterOrder order) = models.All[index];
        string characters = models.CharactersIn(order)
            .Replace(first, '\0').Replace(second, first).Replace('\0', second);

        ImportCheck check = model.Check(
            ImportedVocabulary.FromCharacters(characters, models.Corpus.Normalization), models.Corpus,
            TestContext.Current.CancellationToken);

        Assert.False(check.Fits);
        Assert.Equal([new Rune(first), new Rune(second)], new[] { check.Exchanged!.Value.First, check.Exchanged.Value.Second }.Order());
        Assert.True(check.ExchangeGain > 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Check_ExchangeThatIsNotNoticed_IsAmongTheUndecided(int index)
    {
        (PyTorchModel model, CharacterOrder order) = models.All[index];
        string characters = models.CharactersIn(order);
        // The rarest characters, about which the model has learned least.
        char[] rarest = [.. characters.OrderBy(character => models.Corpus.Text.Count(other => other == character)).Take(5)];
        int silent = 0;
        foreach ((char first, char second) in rarest.SelectMany((one, place) => rarest.Skip(place + 1).Select(other => (one, other))))
        {
            ImportedVocabulary exchanged = ImportedVocabulary.FromCharacters(
                characters.Replace(first, '\0').Replace(second, first).Replace('\0', second), models.Corpus.Normalization);
            ImportCheck check = model.Check(exchanged, models.Corpus, TestContext.Current.CancellationToken);
            if (!check.Fits) continue;
            silent++;
            Assert.Contains(new Rune(first), check.Undecided);
            Assert.Contains(new Rune(second), check.Undecided);
        }

        Assert.True(silent > 0, "This test needs rarer characters.");
    }

    [Fact]
    public void Check_RandomOrder_IsNoBetterThanFrequencies()
    {
        char[] characters = models.CharactersIn(CharacterOrder.CodePoint).ToCharArray();
        new Random(1).Shuffle(characters);

        ImportCheck check = models.All[1].Model.Check(
            ImportedVocabulary.FromCharacters(new string(characters), models.Corpus.Normalization),
            Corpus.FromText(models.Corpus.Text[..20_000].Replace('x', 'k')), TestContext.Current.CancellationToken);

        Assert.False(check.Fits);
        Assert.True(check.Loss > check.UnigramLoss);
    }

    [Fact]
    public void Check_ShortText_ChecksNothing()
    {
        ImportCheck check = models.All[0].Model.Check(
            ImportedVocabulary.Create(models.Corpus, CharacterOrder.Reversed), Corpus.FromText("too short\u03A9"),
            TestContext.Current.CancellationToken);

        Assert.Equal((0, 1, true), (check.Count, check.UnknownCharacters, check.Fits));
    }

    /// <summary>The models, and the text that they were trained on.</summary>
    public sealed class Models : IAsyncLifetime
    {
        private readonly List<(PyTorchModel Model, CharacterOrder Order)> all = [];

        public Corpus Corpus { get; private set; } = null!;

        public IReadOnlyList<(PyTorchModel Model, CharacterOrder Order)> All => all;

        public async ValueTask InitializeAsync()
        {
            Corpus catalog = await Corpus.OpenAsync(CorpusCatalog.Get("aphorisms"));
            Corpus = Corpus.FromText(catalog.Text[..60_000], normalization: new(Lowercase: true));
            ModelSpec spec = new() { HiddenSize = 64, EmbeddingSize = 24, Gates = GateActivation.Sigmoid };
            all.Add((await TrainAsync(spec with { EmbeddingSize = 64, TiedEmbedding = true }, CharacterOrder.CodePoint),
                CharacterOrder.CodePoint));
            all.Add((await TrainAsync(spec with { Architecture = Architecture.Gru }, CharacterOrder.FirstOccurrence),
                CharacterOrder.FirstOccurrence));
            all.Add((await TrainAsync(spec, CharacterOrder.Frequency), CharacterOrder.Frequency));
        }

        public string CharactersIn(CharacterOrder order)
        {
            ImportedVocabulary vocabulary = ImportedVocabulary.Create(Corpus, order);
            int[] places = vocabulary.Places.ToArray();
            return string.Concat(Enumerable.Range(0, places.Length).OrderBy(id => places[id]).Select(vocabulary.Tokenizer.GetText));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>Trains a model and saves it as a state dict whose rows are in another order.</summary>
        private async Task<PyTorchModel> TrainAsync(ModelSpec spec, CharacterOrder order)
        {
            LanguageModel model = LanguageModel.Create(spec, CharacterTokenizer.Create(Corpus));
            TrainingOptions options = new()
            {
                Objective = Objective.Stream,
                SequenceLength = 32,
                BatchSize = 16,
                Epochs = 6,
                Optimizer = OptimizerKind.Adam,
                LearningRate = 0.01,
            };
            await foreach (TrainingEvent _ in new Trainer(model, Corpus, options).RunAsync())
            {
            }

            using MemoryStream saved = new(), stateDict = new();
            model.Save(saved);
            using SafetensorsReader reader = SafetensorsReader.Open(saved.ToArray());
            int[] places = ImportedVocabulary.Create(Corpus, order).Places.ToArray();
            using SafetensorsWriter writer = new(stateDict);
            foreach (SafetensorsTensor tensor in reader.Tensors) writer.Declare(tensor.Name, [.. tensor.Shape]);
            foreach (SafetensorsTensor tensor in reader.Tensors)
            {
                float[] values = new float[tensor.Count];
                reader.Read(tensor.Name, values);
                writer.Write(tensor.Name, tensor.Shape[0] == places.Length ? Reordered(values, places) : values);
            }

            writer.Commit();
            return PyTorchModel.Read(stateDict.ToArray());
        }

        private static float[] Reordered(float[] values, int[] places)
        {
            float[] reordered = new float[values.Length];
            int length = values.Length / places.Length;
            for (int id = 0; id < places.Length; id++) values.AsSpan(id * length, length).CopyTo(reordered.AsSpan(places[id] * length));
            return reordered;
        }
    }
}
