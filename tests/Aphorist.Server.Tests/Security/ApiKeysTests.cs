using Aphorist.Server.Security;
using Aphorist.Server.Tests.Models;
using Aphorist.Tests;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Aphorist.Server.Tests.Security;

public sealed class ApiKeysTests : IDisposable
{
    private const string First = "first-key-0123456789", Second = "second-key-0123456789";

    private readonly TemporaryFolder folder = new();
    private readonly ManualTime time = new();
    private readonly ListLogger log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Key_OfTheFile_HasANameThatHidesIt()
    {
        ApiKeys keys = Open($"\uFEFF# Keys\r\n\r\n  {First}  \r\n#{Second}\n{Second}\n");

        string first = Assert.IsType<string>(keys.NameOf(First)), second = Assert.IsType<string>(keys.NameOf(Second));
        Assert.Equal(first, keys.NameOf(First));
        Assert.NotEqual(first, second);
        Assert.Matches("^key-[0-9a-f]{12}$", first);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Keys")]
    [InlineData("first-key-012345678")]
    [InlineData("first-key-01234567890")]
    [InlineData("First-key-0123456789")]
    [InlineData("ﬁrst-key-0123456789")]
    public void Key_ThatIsNotInTheFile_HasNoName(string key) => Assert.Null(Open($"# Keys\n{First}\n").NameOf(key));

    [Fact]
    public void Key_ThatIsLong_HasNoName() => Assert.Null(Open(First).NameOf(new string('x', 100_000)));

    [Theory]
    [InlineData("short", "Line 1")]
    [InlineData("# Keys\nfirst-key-0123456789\nfirst key 0123456789", "Line 3")]
    [InlineData("schlüssel-0123456789", "Line 1")]
    [InlineData("", "no API key")]
    [InlineData("# Keys\n\n", "no API key")]
    public void File_WithoutValidKeys_IsRefusedAndNotShown(string content, string problem)
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Open(content));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsLarge_IsRefused()
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Open(new string('x', 2 << 20)));

        Assert.Contains("1048576", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsMissing_IsRefused() =>
        Assert.Throws<FileNotFoundException>(() => new ApiKeys(folder["none"], time, log));

    [Fact]
    public void Keys_AfterTheFileHasChanged_AreThoseOfTheNewFile()
    {
        ApiKeys keys = Open(First);
        folder.Write("keys.txt", Second + "\n");
        Assert.NotNull(keys.NameOf(First));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(keys.NameOf(First));
        Assert.NotNull(keys.NameOf(Second));
        Assert.DoesNotContain(log.Lines, line => line.Contains("second-key", StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_AfterALinkLeadsToAnotherFile_AreThoseOfThatFile()
    {
        const string Other = "other-key-0123456789";
        string first = folder.Write("first.txt", First), other = folder.Write("other.txt", Other), link = folder["link.txt"];
        Assert.Equal(new FileInfo(first).Length, new FileInfo(other).Length);
        File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(first));
        File.CreateSymbolicLink(folder["inner.txt"], first);
        File.CreateSymbolicLink(link, folder["inner.txt"]);
        ApiKeys keys = new(link, time, log);
        Assert.NotNull(keys.NameOf(First));
        File.Delete(folder["inner.txt"]);
        File.CreateSymbolicLink(folder["inner.txt"], other);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(keys.NameOf(First));
        Assert.NotNull(keys.NameOf(Other));
        // Also when the file behind the links changes.
        folder.Write("other.txt", Second);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(keys.NameOf(Other));
        Assert.NotNull(keys.NameOf(Second));
    }

    [Theory]
    [InlineData("bad")]
    [InlineData("")]
    [InlineData(null)]
    public void Keys_AfterTheFileWasDamagedOrDeleted_StayAndTheProblemIsLoggedOnce(string? content)
    {
        ApiKeys keys = Open(First);
        if (content is null) File.Delete(folder["keys.txt"]);
        else folder.Write("keys.txt", content);
        for (int i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(keys.NameOf(First));
        }

        Assert.Single(log.Lines, line => line.StartsWith("Error The old API keys stay valid", StringComparison.Ordinal));
        folder.Write("keys.txt", Second + "\n# changed");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(keys.NameOf(First));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    public void File_ThatOthersCanRead_IsReported(UnixFileMode mode, bool isReported)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        string path = folder.Write("keys.txt", First);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        _ = new ApiKeys(path, time, log);

        Assert.Equal(isReported, log.Lines.Any(line => line.StartsWith("Warning Other users", StringComparison.Ordinal)));
    }

    private ApiKeys Open(string content) => new(folder.Write("keys.txt", content), time, log);

    private sealed class ListLogger : ILogger<ApiKeys>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
