using System.Text;
using Aphorist.Interop;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.Models;
using Aphorist.Tests;
using Bunit;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Models;

public sealed class ImportPanelTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly BunitContext context = new();
    private RunningStudio studio = null!;

    private ModelLibrary Library => studio.Services.GetRequiredService<ModelLibrary>();

    public async ValueTask InitializeAsync()
    {
        studio = await RunningStudio.StartAsync(folder.Path);
        context.Services.AddSingleton(Library);
        context.Services.AddSingleton(studio.Services.GetRequiredService<Workspace>());
        context.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await studio.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("model.h5", KerasFileKind.Keras2)]
    [InlineData("model.keras", KerasFileKind.Keras3)]
    public void Import_KerasModelWithVocabulary_IsTheSameModel(string file, KerasFileKind kind)
    {
        LanguageModel model = ModelFiles.Create();
        IRenderedComponent<ImportPanel> panel = Render();
        Upload(panel, "import-file", Written(stream => KerasWeightsFile.Write(model, stream, kind)), file);
        panel.WaitForElement("input[type=radio]", Patience);
        panel.FindAll("input[type=radio]")[1].Change(true);
        Upload(panel, "import-text", Encoding.UTF8.GetBytes(KerasWeightsFile.VocabularyOf(model)!), "vocabulary.json");
        panel.WaitForElement("button.primary:enabled", Patience);
        panel.Find("form").Submit();
        panel.WaitForState(() => Library.List().Count > 0, Patience);
        // With a file named model.safetensors, the folder itself would be a run.
        AssertSame(model, "imported");
        Assert.NotNull(Library.Find("imported"));
    }

    [Fact]
    public void Import_TextWithOtherCharacters_SaysHowManyAndImportsWithTheRightOne()
    {
        LanguageModel model = ModelFiles.Create();
        IRenderedComponent<ImportPanel> panel = Render();
        Upload(panel, "import-file", Written(stream => KerasWeightsFile.Write(model, stream, KerasFileKind.Keras2)), "../../evil name.h5");
        panel.WaitForElement("#import-text", Patience);
        Assert.Equal("evil-name", panel.Find("#import-name").GetAttribute("value"));
        Upload(panel, "import-text", "abc"u8.ToArray(), "text.txt");
        Submit(panel);
        panel.WaitForElement("[role=alert]", Patience);
        string sizes = $"The text has 3 different characters, but the model knows {model.Tokenizer.VocabularySize}";
        Assert.Contains(sizes, panel.Markup, StringComparison.Ordinal);

        // A text with the same characters in capitals fits in lower case.
        Upload(panel, "import-text", Encoding.UTF8.GetBytes(ModelFiles.Text + ModelFiles.Text.ToUpperInvariant()), "text.txt");
        Submit(panel);
        panel.WaitForState(() => panel.Markup.Contains("lower-cased text”", StringComparison.Ordinal), Patience);
        panel.Find("input[type=checkbox]").Change(true);
        Submit(panel);
        panel.WaitForState(() => Library.Find("evil-name") is not null, Patience);
        Assert.True(Library.Find("evil-name")!.About!.IsLowercase);
    }

    [Fact]
    public void Import_OwnModelFile_IsSavedAtOnce()
    {
        IRenderedComponent<ImportPanel> panel = Render();
        LanguageModel model = ModelFiles.Create();
        Upload(panel, "import-file", Written(model.Save), "fables.safetensors");
        panel.WaitForState(() => Library.Find("fables") is not null, Patience);
        AssertSame(model, "fables");
    }

    [Fact]
    public async Task Import_SecondFileMeanwhile_IsIgnored()
    {
        byte[] bytes = Written(stream => KerasWeightsFile.Write(ModelFiles.Create(), stream, KerasFileKind.Keras2));
        IRenderedComponent<ImportPanel> panel = Render();
        TaskCompletionSource end = new();
        Task first = ReceiveAsync(panel, new HeldFile("first.h5", bytes, end.Task));
        await ReceiveAsync(panel, new HeldFile("second.h5", bytes, Task.CompletedTask));
        Assert.Empty(panel.FindAll("form"));
        Assert.True(panel.Find("#import-file").HasAttribute("disabled"));
        end.SetResult();
        await first;
        Assert.Equal("first", panel.WaitForElement("#import-name", Patience).GetAttribute("value"));
        Assert.Single(TemporaryFiles());
    }

    [Fact]
    public async Task Dispose_WhileAFileArrives_DeletesItAndSaysNothing()
    {
        IRenderedComponent<ImportPanel> panel = Render();
        TaskCompletionSource end = new();
        Task arriving = ReceiveAsync(panel, new HeldFile("model.h5", new byte[100], end.Task));
        await context.DisposeComponentsAsync();
        end.SetResult();
        await arriving;
        Assert.Empty(TemporaryFiles());
    }

    public static TheoryData<string, byte[]> HostileFiles => new()
    {
        { "empty.h5", [] },
        { "noise.keras", [.. Enumerable.Range(0, 5000).Select(index => (byte)(index * 97))] },
        { "cut.safetensors", Written(ModelFiles.Create().Save)[..^100] },
        { "header.safetensors", [255, 255, 255, 255, 255, 255, 255, 127, (byte)'{'] },
        { "zip.keras", [(byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0] },
        { "model.onnx", Written(stream => OnnxModel.Write(ModelFiles.Create(), stream)) },
        { "text.txt", "just a text"u8.ToArray() },
    };

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void Import_HostileFile_IsASentenceAndNothingElse(string name, byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        IRenderedComponent<ImportPanel> panel = Render(Language.Chinese);
        Upload(panel, "import-file", bytes, name);
        string sentence = panel.WaitForElement("[role=alert]", Patience).TextContent;
        Assert.StartsWith("无法导入此文件。", sentence, StringComparison.Ordinal);
        panel.WaitForAssertion(() => Assert.Empty(panel.FindAll("form")), Patience);
        Assert.Empty(Library.List());
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
        Assert.Empty(TemporaryFiles());
    }

    private static Task ReceiveAsync(IRenderedComponent<ImportPanel> panel, IBrowserFile file)
    {
        InputFile input = panel.FindComponents<InputFile>()[0].Instance;
        return panel.InvokeAsync(() => input.OnChange.InvokeAsync(new InputFileChangeEventArgs([file])));
    }

    private string[] TemporaryFiles() => Directory.GetFiles(studio.Services.GetRequiredService<Workspace>().Temporary);

    private static byte[] Written(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return stream.ToArray();
    }

    private static void Upload(IRenderedComponent<ImportPanel> panel, string id, byte[] bytes, string name) => panel
        .FindComponents<InputFile>().First(input => input.Markup.Contains($"id=\"{id}\"", StringComparison.Ordinal))
        .UploadFiles(InputFileContent.CreateFromBinary(bytes, name));

    private static void Submit(IRenderedComponent<ImportPanel> panel)
    {
        panel.WaitForElement("button.primary:enabled", Patience);
        panel.Find("form").Submit();
    }

    private IRenderedComponent<ImportPanel> Render(Language language = Language.English)
    {
        context.RenderTree.TryAdd<Microsoft.AspNetCore.Components.CascadingValue<Language>>(value => value.Add(one => one.Value, language));
        return context.Render<ImportPanel>();
    }

    private void AssertSame(LanguageModel expected, string name)
    {
        LanguageModel actual = LanguageModel.Load(Path.Combine(folder.Path, $"{name}.safetensors"));
        foreach (ParameterTensor tensor in expected.Parameters.Tensors)
            Assert.Equal(expected.Parameters.ToArray(tensor.Name), actual.Parameters.ToArray(tensor.Name));
    }

    /// <summary>A file of a browser, which arrives when a task has ended.</summary>
    private sealed class HeldFile(string name, byte[] bytes, Task arrival) : IBrowserFile
    {
        public string Name => name;

        public DateTimeOffset LastModified => default;

        public long Size => bytes.Length;

        public string ContentType => "";

        public Stream OpenReadStream(long maxAllowedSize, CancellationToken cancellationToken) => new HeldStream(bytes, arrival);
    }

    private sealed class HeldStream(byte[] bytes, Task arrival) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await arrival;
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
