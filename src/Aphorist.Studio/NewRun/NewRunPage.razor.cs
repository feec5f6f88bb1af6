using System.Globalization;
using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Training;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Aphorist.Studio.NewRun;

/// <summary>The page that starts a run. What is chosen is in its address.</summary>
public sealed partial class NewRunPage : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    private RunForm form = new();
    private RunPlan plan = new RunForm().Build([]);
    private TextEntry? text;
    private IReadOnlyList<string> sources = [];
    private ModelFileInfo? start;
    private TextReading? reading;
    private RunEstimate? estimate;
    private Bilingual? problem, modelProblem;
    private string name = "";
    private string? download;
    private bool starting, optionsOpen, isDisposed;
    private CancellationTokenSource? readingStop, measuring;

    // The options that decide what the preview shows.
    private (string?, string?, bool, TokenizerOptions)? wasRead;
    private TrainingRunOptions? wasMeasured;

    [Inject]
    private TextStore Texts { get; set; } = null!;

    [Inject]
    private RunEstimator Estimator { get; set; } = null!;

    [Inject]
    private RunStarter Starter { get; set; } = null!;

    [Inject]
    private ModelStore Models { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string DefaultName => text is null ? "" : Starter.FreeName(text.Name);

    private bool CanStart =>
        reading is { Problem: null } && readingStop is null && modelProblem is null && plan.Problems.Count == 0 && !starting;

    /// <summary>Stops what runs in the background. A start is not stopped.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Navigation.LocationChanged -= Load;
        readingStop?.Cancel();
        measuring?.Cancel();
    }

    protected override void OnInitialized()
    {
        Navigation.LocationChanged += Load;
        Load();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) Refresh();
    }

    private void Load(object? sender, LocationChangedEventArgs change)
    {
        // The page itself changes its address, too.
        if (new Uri(change.Location).AbsolutePath != "/runs/new" || RunForm.Parse(change.Location).ToQuery() == form.ToQuery()) return;
        Run(() =>
        {
            Load();
            Refresh();
            return Task.CompletedTask;
        });
    }

    private void Load()
    {
        form = RunForm.Parse(Navigation.Uri);
        form.Text ??= Say("catalog:fables", "catalog:fables-zh");
        SetText(Texts.Find(form.Text));
        LoadModel();
        plan = BuildPlan();
    }

    /// <summary>Reads the shape of the model to start from.</summary>
    private void LoadModel()
    {
        start = null;
        modelProblem = null;
        if (form.From is null) return;
        try
        {
            start = ModelFileInfo.Read(Models.List().Single(model => model.Name == form.From).Path);
        }
        catch (Exception exception) when (exception is ModelFileException or InvalidOperationException)
        {
            modelProblem = new(
                $"The model “{form.From}” cannot be read, or was deleted. Choose another one.", $"模型“{form.From}”无法读取或已被删除。请选择其他模型。");
        }
    }

    private void SetText(TextEntry? chosen)
    {
        text = chosen;
        form.Text = chosen?.Id;
        sources = chosen is null ? [] : [chosen.Source];
        // What is read is another text.
        readingStop?.Cancel();
        (reading, wasRead, readingStop, download) = (null, null, null, null);
    }

    private RunPlan BuildPlan()
    {
        RunPlan built = form.Build(sources, start);
        optionsOpen |= built.Problems.Count > 0;
        // The encoding that was detected.
        string? encoding = form.Encoding ?? reading?.Encoding;
        return built with { Options = built.Options with { Encoding = encoding } };
    }

    private Task SelectTextAsync(TextEntry? chosen)
    {
        SetText(chosen);
        form.Encoding = null;
        Apply();
        return Task.CompletedTask;
    }

    private void ChooseEncoding(string? encoding)
    {
        form.Encoding = encoding;
        Apply();
    }

    private void ChoosePreset(Preset preset)
    {
        form.Preset = preset;
        Apply();
    }

    private void ChooseModel(ChangeEventArgs change)
    {
        form.From = change.Value is string { Length: > 0 } chosen ? chosen : null;
        LoadModel();
        Apply();
    }

    private void Change((OptionField Field, string Value) change)
    {
        form.Change(change.Field, change.Value, start);
        Apply();
    }

    private void Reset(OptionField field)
    {
        form.Reset(field);
        Apply();
    }

    private void ResetAll()
    {
        form.ResetAll();
        Apply();
    }

    private void Apply()
    {
        if (isDisposed) return;
        Navigation.NavigateTo($"/runs/new{form.ToQuery()}", replace: true);
        Refresh();
    }

    /// <summary>Brings everything that depends on the form up to date.</summary>
    private void Refresh()
    {
        problem = null;
        plan = BuildPlan();
        (string?, string?, bool, TokenizerOptions) read = (text?.Id, form.Encoding, plan.Options.Lowercase, plan.Options.Tokenizer);
        if (text is not null && wasRead != read)
        {
            wasRead = read;
            Run(ReadAsync);
        }
        else
        {
            Run(MeasureAsync);
        }

        StateHasChanged();
    }

    /// <summary>Runs what nobody waits for. The page shows an exception as it shows one of an event.</summary>
    private void Run(Func<Task> work) => _ = InvokeAsync(async () =>
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            if (!isDisposed) await DispatchExceptionAsync(exception);
        }
    });

    private string ValueOf(OptionField field) =>
        plan.Problems.ContainsKey(field.Id) && form.Changes.TryGetValue(field.Id, out string? typed) ? typed : field.Read(plan.Options);

    private async Task ReadAsync()
    {
        readingStop?.Cancel();
        StopMeasuring();
        using CancellationTokenSource stop = new();
        readingStop = stop;
        TextEntry chosen = text!;
        TextReading? result = null;
        Progress<CorpusProgress> progress = new(done =>
        {
            if (stop.IsCancellationRequested || isDisposed || done.Stage != CorpusStage.Download) return;
            long percent = 100 * done.Done / Math.Max(1, done.Total);
            download = Say($"Downloading: {percent} %", $"正在下载：{percent} %");
            StateHasChanged();
        });
        try
        {
            result = await TextReading.ReadAsync(
                chosen, form.Encoding, plan.Options.Lowercase, plan.Options.Tokenizer, progress, stop.Token);
        }
        catch (Exception exception)
        {
            if (!stop.IsCancellationRequested) problem = Describe(exception);
        }

        if (readingStop != stop || isDisposed) return;
        readingStop = null;
        download = null;
        reading = result;
        plan = BuildPlan();
        StateHasChanged();
        await MeasureAsync();
    }

    private async Task MeasureAsync()
    {
        if (plan.Options == wasMeasured && CanStart && (estimate is not null || measuring is not null)) return;
        StopMeasuring();
        if (!CanStart) return;
        wasMeasured = plan.Options;
        using CancellationTokenSource stop = new();
        measuring = stop;
        StateHasChanged();
        RunPlan measured = plan;
        Bilingual? found = null;
        RunEstimate? result = null;
        try
        {
            // The next change may follow at once.
            await Task.Delay(Pause, stop.Token);
            result = await Estimator.MeasureAsync(measured.Options, stop.Token);
        }
        catch (Exception exception)
        {
            if (!stop.IsCancellationRequested) found = ShowProblem(exception, measured.Options);
        }

        if (measuring != stop || isDisposed) return;
        (measuring, estimate) = (null, result);
        problem ??= found;
        StateHasChanged();
    }

    private void StopMeasuring()
    {
        measuring?.Cancel();
        (measuring, estimate, wasMeasured) = (null, null, null);
    }

    private async Task StartAsync()
    {
        if (!CanStart) return;
        starting = true;
        problem = null;
        measuring?.Cancel();
        try
        {
            RunEstimator.EnsureFits(plan.Options.Model, reading!.Vocabulary);
            string started = await Starter.StartAsync(plan.Options, name.Trim().Length > 0 ? name : text!.Name);
            if (!isDisposed) Navigation.NavigateTo(Runs.RunSummary.AddressOf(started));
        }
        catch (Exception exception)
        {
            problem = ShowProblem(exception, plan.Options);
        }
        finally
        {
            starting = false;
        }
    }

    /// <summary>Shows what is wrong beside the option that an exception names, or returns it.</summary>
    private Bilingual? ShowProblem(Exception exception, TrainingRunOptions options)
    {
        if (exception is InvalidOptionsException invalid && RunProblem.Of(invalid, options) is var (id, sentence))
        {
            if (id.Length == 0) return sentence;
            optionsOpen = true;
            plan = plan with { Problems = new Dictionary<string, Bilingual>(plan.Problems) { [id] = sentence } };
            return null;
        }

        return exception is CorpusException unusable && text is not null ? TextReading.Describe(text, unusable) : Describe(exception);
    }

    private static Bilingual Describe(Exception exception) => exception is TextException { Sentence: var said }
        ? said
        : new(Sentence.Of(exception, Hosting.Language.English), Sentence.Of(exception, Hosting.Language.Chinese));

    private string AboutTime(RunEstimate measured)
    {
        double seconds = measured.Seconds;
        string time = seconds switch
        {
            < 90 => Duration(Math.Max(5, Math.Round(seconds / 5) * 5)),
            < 5400 => Say($"{Math.Round(seconds / 60)} minutes", $"{Math.Round(seconds / 60)} 分钟"),
            < 48 * 3600 => Say($"{Math.Round(seconds / 3600)} hours", $"{Math.Round(seconds / 3600)} 小时"),
            _ => Say($"{Count((long)Math.Round(seconds / 86400))} days", $"{Count((long)Math.Round(seconds / 86400))} 天"),
        };
        return Say($"About {time}", $"大约 {time}");
    }

    private static string Epochs(RunEstimate measured) => measured.Epochs < 10 && measured.Epochs != Math.Floor(measured.Epochs)
        ? string.Create(CultureInfo.InvariantCulture, $"{measured.Epochs:F1}")
        : Count((long)Math.Round(measured.Epochs));
}
