using System.Runtime.CompilerServices;
using Aphorist.Server.Protocol;
using Xunit;

namespace Aphorist.Server.Tests.Models;

public sealed class ModelStoreTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_AName_LoadsTheModelOnFirstUse()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors", seed: 1);
        fixture.Folder.Save("b.safetensors", seed: 2);
        Assert.Empty(fixture.Store.Loaded);
        using ModelLease lease = await fixture.OpenAsync("b");
        Assert.Equal("b", lease.Name);
        GenerationOptions options = new() { MaxTokens = 20, Seed = 3 };
        Assert.Equal(
            new TextGenerator(ModelFolder.Create(seed: 2)).Generate("a", options, Cancellation),
            await lease.Scheduler.GenerateAsync("a", options, Cancellation));
        Assert.Equal("b", Assert.Single(fixture.Store.Loaded).Entry.Name);
    }

    [Fact]
    public async Task OpenAsync_NoName_TakesTheOnlyModel()
    {
        await using StoreFixture fixture = new();
        Assert.Equal((404, "model_not_found"), await StatusAsync(fixture, null));
        fixture.Folder.Save("a.safetensors");
        fixture.NextCheck();
        using (ModelLease lease = await fixture.OpenAsync(null)) Assert.Equal("a", lease.Name);
        fixture.Folder.Save("b.safetensors");
        fixture.NextCheck();
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.OpenAsync(null));
        Assert.Equal((400, "model"), (error.Status, error.Parameter));
    }

    [Fact]
    public async Task List_RefreshDuringAScan_WaitsForTheNextOne()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors");
        _ = fixture.Store;
        // Two models with one name: the scan logs it after it has read the names in the folder.
        fixture.Folder.Save("a/model.safetensors");
        using ManualResetEventSlim begun = new(), end = new();
        fixture.OnLog = _ =>
        {
            begun.Set();
            end.Wait();
        };
        fixture.NextCheck();
        Task<string[]> before = Task.Run(() => fixture.Names);
        begun.Wait(Cancellation);
        // Without a change, nobody waits for the disk.
        Assert.Equal(["a"], fixture.Names);
        fixture.Folder.Save("b.safetensors");
        fixture.Store.Refresh();
        Task<string[]> after = Task.Run(() => fixture.Names);
        fixture.OnLog = _ => { };
        end.Set();
        Assert.Equal(["a"], await before);
        Assert.Equal(["a", "b"], await after);
        Assert.Equal(["a", "b"], fixture.Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("../models/a")]
    [InlineData("a/../a")]
    [InlineData("./a")]
    [InlineData("a/")]
    [InlineData("A")]
    [InlineData("a.safetensors")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\x")]
    [InlineData("x%00")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("..%2fa")]
    [InlineData("\ud800")]
    public async Task OpenAsync_ANameLikeAPath_IsNotFound(string name)
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("models/a.safetensors");
        fixture.Folder.Save("x.safetensors");
        fixture.Options.Models = [fixture.Folder["models"]];
        Assert.Equal((404, "model_not_found"), await StatusAsync(fixture, name));
        // Also with the full path of the file, and of one that is not served.
        Assert.Equal((404, "model_not_found"), await StatusAsync(fixture, fixture.Folder["models/a.safetensors"]));
        Assert.Equal((404, "model_not_found"), await StatusAsync(fixture, fixture.Folder["x.safetensors"]));
        Assert.Empty(fixture.Store.Loaded);
    }

    [Fact]
    public async Task OpenAsync_AVeryLongName_IsNotRepeatedInFull()
    {
        await using StoreFixture fixture = new();
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.OpenAsync(new string('x', 1_000_000)));
        Assert.Equal(404, error.Status);
        Assert.InRange(error.Message.Length, 100, 200);
    }

    [Fact]
    public async Task OpenAsync_ManyAtOnce_LoadOnce()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors", hiddenSize: 64);
        _ = fixture.Store;
        ModelLease[] leases = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => fixture.OpenAsync("a"))));
        Assert.Equal(1, fixture.Loads);
        Assert.All(leases, lease => Assert.Same(leases[0].Scheduler, lease.Scheduler));
        foreach (ModelLease lease in leases) lease.Dispose();
        Assert.Equal(0, Assert.Single(fixture.Store.Loaded).Users);
    }

    [Fact]
    public async Task OpenAsync_OneClientLeavesDuringTheLoad_TheOthersGetTheModel()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors");
        using ManualResetEventSlim end = new();
        fixture.OnLog = _ => end.Wait();
        using CancellationTokenSource leaving = new();
        Task<ModelLease> first = fixture.Store.OpenAsync("a", leaving.Token), second = fixture.OpenAsync("a");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        end.Set();
        using ModelLease lease = await second;
        Assert.Equal(1, fixture.Loads);
    }

    [Fact]
    public async Task OpenAsync_AfterEveryClientLeft_TheModelIsThere()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors");
        using ManualResetEventSlim end = new();
        fixture.OnLog = _ => end.Wait();
        using CancellationTokenSource leaving = new();
        Task<ModelLease> only = fixture.Store.OpenAsync("a", leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        end.Set();
        await fixture.UseAsync("a");
        Assert.Equal(1, fixture.Loads);
    }

    [Fact]
    public async Task OpenAsync_ADamagedFile_FailsWithoutItsPathAndIsTriedAgain()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors");
        byte[] good = await File.ReadAllBytesAsync(path, Cancellation);
        await File.WriteAllBytesAsync(path, good[..^1], Cancellation);
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.OpenAsync("a"));
        Assert.Equal((500, "model_not_loaded"), (error.Status, error.Code));
        Assert.DoesNotContain(fixture.Folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, Assert.Single(fixture.Log), StringComparison.Ordinal);
        // Not again within a second: clients could otherwise keep the disk busy.
        Assert.Equal((500, "model_not_loaded"), await StatusAsync(fixture, "a"));
        Assert.Single(fixture.Log);
        fixture.NextCheck();
        Assert.Equal((500, "model_not_loaded"), await StatusAsync(fixture, "a"));
        Assert.Equal(2, fixture.Log.Count);
        await File.WriteAllBytesAsync(path, good, Cancellation);
        fixture.NextCheck();
        await fixture.UseAsync("a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model")]
    [InlineData("\u0008\0\0\0\0\0\0\0{}      ")]
    public async Task OpenAsync_AFileThatIsNoModel_Is500(string content)
    {
        await using StoreFixture fixture = new();
        await File.WriteAllTextAsync(fixture.Folder["a.safetensors"], content, Cancellation);
        Assert.Equal((500, "model_not_loaded"), await StatusAsync(fixture, "a"));
    }

    [Fact]
    public async Task OpenAsync_APipe_DoesNotWaitForAWriter()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no pipes in folders.");
        await using StoreFixture fixture = new();
        using (System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", [fixture.Folder["a.safetensors"]]))
            await mkfifo.WaitForExitAsync(Cancellation);
        Assert.Equal((500, "model_not_loaded"), await StatusAsync(fixture, "a"));
    }

    [Fact]
    public async Task OpenAsync_AFileLargerThanTheLimit_IsNotRead()
    {
        await using StoreFixture fixture = new(options => options.MaxLoadedBytes = 100_000);
        // It has no content on the disk, and is no model: it would fail otherwise if it was read.
        await using (FileStream large = File.Create(fixture.Folder["a.safetensors"])) large.SetLength(10L << 30);
        Assert.Equal((500, "model_not_loaded"), await StatusAsync(fixture, "a"));
        Assert.Contains(fixture.Log, line => line.Contains("MaxLoadedBytes is 100000", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_AReplacedFile_NewRequestsGetItAndRunningTextsEndOnTheOldOne()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors", seed: 1);
        GenerationOptions options = new() { MaxTokens = 200, Seed = 7 };
        string oldText = new TextGenerator(ModelFolder.Create(seed: 1)).Generate("b", options, Cancellation);
        string newText = new TextGenerator(ModelFolder.Create(seed: 2)).Generate("b", options, Cancellation);
        Assert.NotEqual(oldText, newText);

        ModelLease old = await fixture.OpenAsync("a");
        using ScheduledText running = old.Scheduler.Submit(new GenerationRequest { Prompt = "b", Options = options });
        await using IAsyncEnumerator<TextPiece> reader = running.GetAsyncEnumerator(Cancellation);
        Assert.True(await reader.MoveNextAsync());
        string text = reader.Current.Text;

        ModelFolder.Replace(path, seed: 2);
        Assert.Equal(old.Fingerprint, await fixture.UseAsync("a"));
        fixture.NextCheck();
        using (ModelLease current = await fixture.OpenAsync("a"))
        {
            Assert.NotEqual(old.Fingerprint, current.Fingerprint);
            Assert.Equal(newText, await current.Scheduler.GenerateAsync("b", options, Cancellation));
        }

        Assert.Equal(2, fixture.Store.Loaded.Count);
        while (await reader.MoveNextAsync()) text += reader.Current.Text;
        Assert.Equal(oldText, text);
        old.Dispose();
        old.Dispose();
        Assert.Single(fixture.Store.Loaded);
    }

    [Fact]
    public async Task OpenAsync_AFileReplacedByADamagedOne_KeepsTheOldModelUntilAGoodOneComes()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors", seed: 1);
        string before = await fixture.UseAsync("a");
        await File.WriteAllTextAsync(path, "half a model", Cancellation);
        fixture.NextCheck();
        Assert.Equal(before, await fixture.UseAsync("a"));
        Assert.Contains("so the old model is kept", fixture.Log.Last(), StringComparison.Ordinal);
        int lines = fixture.Log.Count;
        fixture.NextCheck();
        Assert.Equal(before, await fixture.UseAsync("a"));
        Assert.Equal(lines, fixture.Log.Count);
        ModelFolder.Replace(path, seed: 2);
        fixture.NextCheck();
        Assert.NotEqual(before, await fixture.UseAsync("a"));
        Assert.Single(fixture.Store.Loaded);
    }

    [Fact]
    public async Task OpenAsync_AReplacedFileThatCannotBeReadForAWhile_IsTriedAgain()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors", seed: 1);
        string before = await fixture.UseAsync("a");
        ModelFolder.Replace(path, seed: 2);
        fixture.NextCheck();
        await using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Equal(before, await fixture.UseAsync("a"));
        Assert.Contains("so the old model is kept", fixture.Log.Last(), StringComparison.Ordinal);
        // Not at once: clients could otherwise keep the disk busy.
        Assert.Equal(before, await fixture.UseAsync("a"));
        fixture.NextCheck();
        Assert.NotEqual(before, await fixture.UseAsync("a"));
    }

    [Fact]
    public async Task OpenAsync_ADeletedFile_RunningTextsEndAndNewRequestsAreRefused()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors", seed: 1);
        ModelLease lease = await fixture.OpenAsync("a");
        File.Delete(path);
        fixture.NextCheck();
        Assert.Equal((404, "model_not_found"), await StatusAsync(fixture, "a"));
        fixture.Time.Advance(fixture.Options.UnloadAfter * 2);
        Assert.Equal(20, (await lease.Scheduler.GenerateAsync("a", new() { MaxTokens = 20 }, Cancellation)).Length);
        lease.Dispose();
        fixture.Store.UnloadUnused();
        Assert.Empty(fixture.Store.Loaded);
        fixture.Folder.Save("a.safetensors", seed: 2);
        fixture.NextCheck();
        await fixture.UseAsync("a");
    }

    [Fact]
    public async Task OpenAsync_AFileDeletedSinceTheLastCheck_IsNotFound()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors");
        Assert.Equal(["a"], fixture.Names);
        File.Delete(path);
        Assert.Equal((404, "model_not_found"), await StatusAsync(fixture, "a"));
    }

    [Fact]
    public async Task OpenAsync_TheBestModelOfARun_ReplacesTheLastOne()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("run/last.safetensors", seed: 1);
        string before = await fixture.UseAsync("run");
        fixture.Folder.Save("run/model.safetensors", seed: 2);
        fixture.NextCheck();
        Assert.NotEqual(before, await fixture.UseAsync("run"));
    }

    [Fact]
    public async Task Fingerprint_OfAModel_FollowsFromTheContentOfItsFile()
    {
        await using StoreFixture fixture = new();
        File.Copy(fixture.Folder.Save("a.safetensors", seed: 1), fixture.Folder["copy.safetensors"]);
        fixture.Folder.Save("b.safetensors", seed: 2);
        string[] fingerprints = [await fixture.UseAsync("a"), await fixture.UseAsync("copy"), await fixture.UseAsync("b")];
        Assert.All(fingerprints, fingerprint => Assert.Matches("^fp_[0-9a-f]{10}$", fingerprint));
        Assert.Equal(fingerprints[0], fingerprints[1]);
        Assert.NotEqual(fingerprints[0], fingerprints[2]);
    }

    [Fact]
    public async Task UnloadAfter_WithoutUse_UnloadsTheModelAndNextUseLoadsItAgain()
    {
        await using StoreFixture fixture = new(options => options.UnloadAfter = TimeSpan.FromMinutes(10));
        fixture.Folder.Save("a.safetensors");
        string before = await fixture.UseAsync("a");
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(fixture.Store.Loaded);
        await fixture.UseAsync("a");
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(fixture.Store.Loaded);
        fixture.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Empty(fixture.Store.Loaded);
        Assert.Equal(before, await fixture.UseAsync("a"));
        Assert.Equal(2, fixture.Loads);
    }

    [Fact]
    public async Task UnloadAfter_WhileATextRuns_KeepsTheModel()
    {
        await using StoreFixture fixture = new(options => options.UnloadAfter = TimeSpan.FromSeconds(10));
        fixture.Folder.Save("a.safetensors");
        ModelLease lease = await fixture.OpenAsync("a");
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.Single(fixture.Store.Loaded);
        lease.Dispose();
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Single(fixture.Store.Loaded);
        fixture.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(fixture.Store.Loaded);
    }

    [Fact]
    public async Task MaxLoadedBytes_AThirdModel_UnloadsTheOneUsedLongestAgo()
    {
        await using StoreFixture fixture = new();
        long size = await MemoryOfAsync(fixture.Folder.Save("a.safetensors"));
        fixture.Folder.Save("b.safetensors");
        fixture.Folder.Save("c.safetensors");
        fixture.Options.MaxLoadedBytes = 5 * size / 2;
        foreach (string name in (string[])["a", "b", "a", "c"])
        {
            await fixture.UseAsync(name);
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(["a", "c"], fixture.Store.Loaded.Select(model => model.Entry.Name).Order());
    }

    [Fact]
    public async Task MaxLoadedBytes_WhileAllModelsAreUsed_IsKept()
    {
        await using StoreFixture fixture = new();
        long size = await MemoryOfAsync(fixture.Folder.Save("a.safetensors"));
        fixture.Folder.Save("b.safetensors");
        fixture.Options.MaxLoadedBytes = 3 * size / 2;
        ModelLease lease = await fixture.OpenAsync("a");
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.OpenAsync("b"));
        Assert.Equal((503, TimeSpan.FromSeconds(5)), (error.Status, error.RetryAfter));
        // The size of the file would fit, so it was read once, and is not read again in vain.
        fixture.NextCheck();
        Assert.Equal((503, null), await StatusAsync(fixture, "b"));
        Assert.Equal("a", Assert.Single(fixture.Store.Loaded).Entry.Name);
        lease.Dispose();
        fixture.NextCheck();
        await fixture.UseAsync("b");
        Assert.Equal("b", Assert.Single(fixture.Store.Loaded).Entry.Name);
    }

    [Fact]
    public async Task MaxLoadedBytes_AModelWhoseStatesDoNotFit_IsNotLoaded()
    {
        await using StoreFixture fixture = new();
        fixture.Options.MaxLoadedBytes = await MemoryOfAsync(fixture.Folder.Save("a.safetensors")) - 5000;
        Assert.InRange(fixture.Options.MaxLoadedBytes, 2 * new FileInfo(fixture.Folder["a.safetensors"]).Length, long.MaxValue);
        Assert.Equal((500, "model_not_loaded"), await StatusAsync(fixture, "a"));
        Assert.Contains(fixture.Log, line => line.Contains("MaxLoadedBytes", StringComparison.Ordinal));
        Assert.Empty(fixture.Store.Loaded);
        // A file that fits has all of the memory: nothing of the other one is counted any more.
        fixture.Folder.Save("b.safetensors", hiddenSize: 4);
        fixture.NextCheck();
        await fixture.UseAsync("b");
    }

    [Fact]
    public async Task MaxLoadedBytes_AModelThatIsUnloadedForAnother_LeavesNoMemory()
    {
        await using StoreFixture fixture = new();
        fixture.Options.MaxLoadedBytes = 3 * await MemoryOfAsync(fixture.Folder.Save("a.safetensors")) / 2;
        fixture.Folder.Save("b.safetensors");
        List<WeakReference> schedulers = [];
        // Only on a busy machine are there more than 20 uses: a collection skips what becomes garbage while it runs.
        for (int use = 0; use < 20 || (use < 40 && CountAlive() > 5); use++)
        {
            if (use >= 20) await Task.Delay(100, Cancellation);
            await fixture.UseAsync(use % 2 == 0 ? "a" : "b");
            schedulers.Add(ReferenceToLoaded(fixture));
        }

        // One is loaded, and variables may still refer to the one before. The others are gone, although there is memory for all.
        Assert.InRange(CountAlive(), 1, 5);

        int CountAlive() => schedulers.Count(scheduler => scheduler.IsAlive);
    }

    [Fact]
    public async Task MaxLoadedBytes_AReplacedModelInUse_DoesNotBlockItsReplacement()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors", seed: 1);
        fixture.Options.MaxLoadedBytes = 3 * await MemoryOfAsync(path) / 2;
        using ModelLease lease = await fixture.OpenAsync("a");
        ModelFolder.Replace(path, seed: 2);
        fixture.NextCheck();
        Assert.NotEqual(lease.Fingerprint, await fixture.UseAsync("a"));
    }

    [Fact]
    public async Task MaxLoadedBytes_AReplacementWithoutRoom_IsLoadedOnceThereIsRoom()
    {
        await using StoreFixture fixture = new();
        string path = fixture.Folder.Save("a.safetensors", seed: 1);
        fixture.Folder.Save("b.safetensors");
        string before = await fixture.UseAsync("a");
        ModelLease other = await fixture.OpenAsync("b");
        ModelFolder.Replace(path, seed: 2, hiddenSize: 40);
        fixture.Options.MaxLoadedBytes = 11 * await MemoryOfAsync(path) / 10;
        fixture.NextCheck();
        Assert.Equal(before, await fixture.UseAsync("a"));
        other.Dispose();
        fixture.NextCheck();
        Assert.NotEqual(before, await fixture.UseAsync("a"));
    }

    [Fact]
    public async Task Stopping_NewRequestsAreRefused()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors");
        using ModelLease lease = await fixture.OpenAsync("a");
        await fixture.Store.StoppingAsync(Cancellation);
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.OpenAsync("a"));
        Assert.Equal((503, "server_stopping"), (error.Status, error.Code));
        Assert.NotNull(error.RetryAfter);
        Assert.Throws<SchedulerStoppedException>(() => lease.Scheduler.Submit(new GenerationRequest()));
    }

    [Fact]
    public async Task Stopping_WithAFullQueue_RefusesBecauseOfTheStop()
    {
        await using StoreFixture fixture = new(options => options.MaxQueue = 0);
        fixture.Folder.Save("a.safetensors");
        using ModelLease lease = await fixture.OpenAsync("a");
        GenerationRequest endless = new() { Options = new() { MaxTokens = null } };
        IReadOnlyList<ScheduledText> texts = lease.Scheduler.Submit([.. Enumerable.Repeat(endless, lease.Scheduler.Slots)]);
        Assert.True(fixture.Store.IsFull);
        Task stopping = fixture.Store.StoppingAsync(Cancellation);
        Assert.False(fixture.Store.IsFull);
        foreach (ScheduledText text in texts) text.Dispose();
        await stopping;
    }

    [Fact]
    public async Task Stopping_DuringALoad_RefusesItsRequests()
    {
        await using StoreFixture fixture = new();
        fixture.Folder.Save("a.safetensors");
        using ManualResetEventSlim end = new();
        fixture.OnLog = _ => end.Wait();
        Task<ModelLease> waiting = fixture.OpenAsync("a");
        Task stopping = fixture.Store.StoppingAsync(Cancellation);
        end.Set();
        await stopping;
        Assert.Equal(503, (await Assert.ThrowsAsync<ApiException>(() => waiting)).Status);
    }

    private static async Task<long> MemoryOfAsync(string path)
    {
        using GenerationThreads threads = new(1);
        await using GenerationScheduler scheduler = new(LanguageModel.Load(path), null, threads);
        return new FileInfo(path).Length + scheduler.MemoryBytes;
    }

    // A method of its own, so that no variable of the test keeps the model in memory.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference ReferenceToLoaded(StoreFixture fixture) => new(fixture.Store.Loaded.Single().Scheduler);

    private static async Task<(int Status, string? Code)> StatusAsync(StoreFixture fixture, string? name)
    {
        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.OpenAsync(name));
        return (error.Status, error.Code);
    }
}
