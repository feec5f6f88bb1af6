using System.Net;
using System.Text;
using Aphorist.Interop;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Studio.Tests.Models;

public sealed class ModelDownloadsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("safetensors", "fables.safetensors")]
    [InlineData("html", "fables.html")]
    [InlineData("onnx", "fables.onnx")]
    [InlineData("onnx-positions", "fables.positions.onnx")]
    [InlineData("onnx-step", "fables.step.onnx")]
    [InlineData("keras2", "fables.h5")]
    [InlineData("keras3", "fables.keras")]
    [InlineData("vocabulary", "fables.vocabulary.json")]
    public async Task Get_EveryKind_IsTheWholeFile(string kind, string fileName)
    {
        using TemporaryFolder folder = new();
        ModelFiles.Save(folder.Path, "fables");
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        using HttpResponseMessage response = await GetAsync(client, $"/files/models/fables/{kind}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(fileName, response.Content.Headers.ContentDisposition.FileName);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.Equal(response.Content.Headers.ContentLength, bytes.Length);
        Assert.NotEmpty(bytes);
        if (kind == "safetensors") Assert.Equal(Written(ModelFiles.Create().Save), bytes);
        if (kind == "onnx") Assert.Equal(Written(stream => OnnxModel.Write(ModelFiles.Create(), stream)), bytes);
    }

    [Fact]
    public async Task Get_Html_HasTheTitleAndThePromptOfTheAddress()
    {
        using TemporaryFolder folder = new();
        ModelFiles.Save(folder.Path, "寓言");
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        string title = "A & B </title>", address = $"/files/models/{Uri.EscapeDataString("寓言")}/html";
        using HttpResponseMessage response = await GetAsync(client, $"{address}?title={Uri.EscapeDataString(title)}&prompt=the%20fox");
        Assert.Equal("寓言.html", response.Content.Headers.ContentDisposition!.FileNameStar);
        byte[] expected = Written(
            stream => HtmlModel.Write(ModelFiles.Create(), stream, new() { Title = title, Prompt = "the fox" }));
        Assert.Equal(Encoding.UTF8.GetString(expected), await response.Content.ReadAsStringAsync(Cancellation));
        string untitled = await client.GetStringAsync(new Uri(address, UriKind.Relative), Cancellation);
        Assert.Contains("<title>&#x5BD3;&#x8A00;</title>", untitled, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/files/models/nothing/html")]
    [InlineData("/files/models/fables/nothing")]
    [InlineData("/files/models/.studio/safetensors")]
    [InlineData("/files/models/..%2F.studio%2Fkey/safetensors")]
    [InlineData("/files/models/..%5C.studio%5Ckey/safetensors")]
    [InlineData("/files/models/%2Fetc%2Fpasswd/safetensors")]
    [InlineData("/files/models/fables.safetensors/safetensors")]
    [InlineData("/files/models/link/safetensors")]
    public async Task Get_NameThatIsNoModel_IsNotFound(string address)
    {
        using TemporaryFolder folder = new();
        ModelFiles.Save(folder.Path, "fables");
        if (!OperatingSystem.IsWindows()) File.CreateSymbolicLink(Path.Combine(folder.Path, "link.safetensors"), "/etc/passwd");
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        using HttpResponseMessage response = await GetAsync(client, address);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentDisposition);
    }

    [Fact]
    public async Task Get_WithoutSession_IsRefused()
    {
        using TemporaryFolder folder = new();
        ModelFiles.Save(folder.Path, "fables");
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = new() { BaseAddress = studio.Address };
        using HttpResponseMessage response = await GetAsync(client, "/files/models/fables/safetensors");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Get_ModelThatKerasCannotHave_IsASentence()
    {
        using TemporaryFolder folder = new();
        ModelFiles.Save(folder.Path, "fables", new() { HiddenSize = 8, LayerNormalization = true });
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        using HttpResponseMessage response = await GetAsync(client, "/files/models/fables/keras2");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("layer normalization", await response.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        string page = await client.GetStringAsync(new Uri("/models/fables", UriKind.Relative), Cancellation);
        Assert.Contains("this model has layer normalization", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/keras2", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_DamagedModel_IsASentenceOnThePageAndForTheDownload()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "broken.safetensors"), "not a model at all", Cancellation);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        using HttpResponseMessage response = await GetAsync(client, "/files/models/broken/html");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        string list = await client.GetStringAsync(new Uri("/models", UriKind.Relative), Cancellation);
        Assert.Contains("This file cannot be read", list, StringComparison.Ordinal);
        string page = await client.GetStringAsync(new Uri("/models/broken", UriKind.Relative), Cancellation);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string address) =>
        client.GetAsync(new Uri(address, UriKind.Relative), Cancellation);

    private static byte[] Written(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return stream.ToArray();
    }
}
