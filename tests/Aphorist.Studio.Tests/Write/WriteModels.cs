using Aphorist.Server;
using Aphorist.Studio.Write;
using Aphorist.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Write;

/// <summary>A studio with small untrained models: "characters", "words", "bytes", "window", which sees a
/// window, and "others", which knows other characters.</summary>
internal sealed class WriteModels : IAsyncDisposable
{
    private const string Words = "the cat saw a fox. the fox saw the cat. a cat and a fox saw the sea.\n";

    private static readonly ModelSpec Spec = new() { HiddenSize = 12, Window = 8, EmbeddingSize = 4 };

    private readonly TemporaryFolder folder = new();
    private RunningStudio studio = null!;

    public RunningStudio Studio => studio;

    public ModelStore Store => studio.Services.GetRequiredService<ModelStore>();

    public static async Task<WriteModels> StartAsync()
    {
        WriteModels models = new();
        models.Save("characters", CharacterTokenizer.FromCharacters("abc xyz\n"));
        models.Save("words", Tokenizer.Create(Corpus.FromText(Words), new() { Kind = TokenizerKind.Words, MinimumCount = 1 }));
        models.Save("bytes", new ByteTokenizer());
        models.Save("window", CharacterTokenizer.FromCharacters("abc xyz\n"), GenerationMode.Window);
        models.Save("others", CharacterTokenizer.FromCharacters("bcd 猫\n"));
        models.studio = await RunningStudio.StartAsync(models.folder.Path);
        return models;
    }

    /// <summary>A session with a model.</summary>
    public async Task<WriteSession> OpenAsync(string model, SamplingSettings? settings = null)
    {
        WriteSession session = new(Store);
        await session.SetAsync(settings ?? new() { Seed = 7, Length = 40 });
        await session.UseModelAsync(model);
        Assert.Null(session.Problem);
        return session;
    }

    public LanguageModel Load(string name) => LanguageModel.Load(PathOf(name));

    public string PathOf(string name) => Path.Combine(folder.Path, $"{name}.safetensors");

    /// <summary>Saves a model with a name, over one that has it.</summary>
    public void Save(string name, Tokenizer tokenizer, GenerationMode mode = GenerationMode.Stateful, ulong seed = 3)
    {
        LanguageModel model = LanguageModel.Create(Spec, tokenizer, seed);
        model.TrainedMode = mode;
        model.Save(PathOf(name));
    }

    public async ValueTask DisposeAsync()
    {
        await studio.DisposeAsync();
        folder.Dispose();
    }
}
