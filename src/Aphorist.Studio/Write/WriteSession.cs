using Aphorist.Server;

namespace Aphorist.Studio.Write;

/// <summary>A text that a person and a model write together: what the page does, without the page. Used by one thread at a time.</summary>
/// <param name="store">The models.</param>
public sealed class WriteSession(ModelStore store) : IDisposable
{
    /// <summary>The largest number of tokens of a text.</summary>
    public const int MaxLength = 50_000;

    private const int MaxHistory = 200;

    private readonly string client = $"studio {Guid.NewGuid():N}";
    private readonly ChoiceReader reader = new();
    private readonly List<(Draft Draft, int? Place)> undo = [], redo = [];
    private CancellationTokenSource? run, reading;
    private Task running = Task.CompletedTask;
    private string? model, fingerprint;
    private Tokenizer? tokenizer;
    private bool isDisposed;

    /// <summary>Happens when something has changed that the page shows; while a text is written, after each piece of it.</summary>
    public event Action? Changed;

    /// <summary>The text.</summary>
    public Draft Draft { get; private set; } = new();

    /// <summary>The settings of the next text.</summary>
    public SamplingSettings Settings { get; private set; } = new();

    /// <summary>The number of units before the selected one; null if the end of the text is selected.</summary>
    public int? Place { get; private set; }

    /// <summary>The choices at the place; null until they are computed. They may be those of the place before.</summary>
    public Choices? Choices { get; private set; }

    /// <summary>The seed of the last run.</summary>
    public long? LastSeed { get; private set; }

    /// <summary>Whether the model is writing.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>What went wrong; null if nothing did.</summary>
    public Exception? Problem { get; private set; }

    /// <summary>A text that was refused because the model does not know all of its characters.</summary>
    public string? Refused { get; private set; }

    /// <summary>Whether the text cannot be continued, because it has <see cref="MaxLength"/> tokens.</summary>
    public bool IsFull => !IsRunning && Draft.Length >= MaxLength;

    public bool CanUndo => undo.Count > 0;

    public bool CanRedo => redo.Count > 0;

    /// <summary>Who asks, for a fair share of the server.</summary>
    internal string Client => client;

    /// <summary>Chooses the model. The text stays, if the model knows its characters.</summary>
    public async Task UseModelAsync(string name)
    {
        if (model == name) return;
        await HaltAsync();
        (model, Choices) = (name, null);
        await WithModelAsync((_, _) => Task.CompletedTask);
        await ReadChoicesAsync();
    }

    /// <summary>Changes the settings. A text that is being written is not affected.</summary>
    public Task SetAsync(SamplingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings.Limit();
        return ReadChoicesAsync();
    }

    /// <summary>Replaces the text by one that a person has written. What it shares with the text before stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="skipsUnknown">Whether characters that the model does not know are left out.</param>
    /// <returns>Whether the model knows the text.</returns>
    public async Task<bool> SetTextAsync(string text, bool skipsUnknown = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength) text = text[..MaxLength];
        await HaltAsync();
        bool isDone = await WithModelAsync(async (lease, cancellation) =>
        {
            Refused = text;
            Draft edited = await TextRun.EncodeAsync(lease, text, skipsUnknown, client, cancellation);
            Refused = null;
            Draft next = KeepStart(edited);
            if (next.Length == Draft.Length && next.ToString() == Draft.ToString()) return;
            Push();
            // The text is a beginning now: the next run is its first.
            next.Runs = 0;
            (Draft, Place) = (next, null);
        }, replacesText: true);
        await ReadChoicesAsync();
        return isDone;
    }

    /// <summary>Shows the text that the browser has kept.</summary>
    public async Task RestoreAsync(WriteMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (!await SetTextAsync(memory.Text)) return;
        Draft restored = new() { Runs = Math.Max(0, memory.Runs) };
        foreach ((TextUnit unit, bool isGiven) in Draft.Units.Zip(memory.Origins().Concat(Enumerable.Repeat(true, Draft.Length))))
            restored.Add(unit with { IsGiven = isGiven });
        Draft = restored;
        undo.Clear();
    }

    /// <summary>Lets the model continue the text from its end.</summary>
    public async Task WriteAsync()
    {
        await HaltAsync();
        if (IsFull) return;
        Push();
        Place = null;
        await RunAsync();
    }

    /// <summary>
    /// Puts a token at a place. In the middle of the text, the rest is written anew after it; at the end, the token is added and the end
    /// stays selected.
    /// </summary>
    /// <param name="place">The number of units before it.</param>
    /// <param name="id">The id of the token.</param>
    public async Task ChooseAsync(int place, int id)
    {
        await HaltAsync();
        if (place < 0 || place > Draft.Length || tokenizer is null || (uint)id >= tokenizer.VocabularySize) return;
        bool isEnd = place == Draft.Length;
        Push();
        Draft = Draft.Cut(place);
        UnitWriter units = UnitWriter.Continue(Draft, tokenizer);
        double probability = Choices?.Place == place ? Choices.Steps[0].Probabilities[id] : 1;
        units.AddGenerated(id, -Math.Log2(Math.Max(probability, double.Epsilon)));
        units.End();
        Place = isEnd ? null : place;
        Changed?.Invoke();
        if (isEnd) await ReadChoicesAsync();
        else await RunAsync();
    }

    /// <summary>Puts the token at a place that has a number among the choices there; 0 is the most likely one.</summary>
    public async Task ChooseNumberAsync(int place, int number)
    {
        place = Math.Clamp(place, 0, Draft.Length);
        if (Choices?.Place != place) await SelectAsync(place == Draft.Length ? null : place);
        if (Choices?.Place == place && (uint)number < Choices.Order.Count) await ChooseAsync(place, Choices.Order[number]);
    }

    /// <summary>Selects a unit; null selects the end of the text.</summary>
    public Task SelectAsync(int? place)
    {
        Place = place is int unit && unit >= 0 && unit < Draft.Length ? unit : null;
        return ReadChoicesAsync();
    }

    /// <summary>Stops the model. What it has written stays.</summary>
    public async Task StopAsync()
    {
        await HaltAsync();
        await ReadChoicesAsync();
    }

    public Task UndoAsync() => MoveAsync(undo, redo);

    public Task RedoAsync() => MoveAsync(redo, undo);

    /// <summary>Goes on with a text of a comparison, and with the model that has written it.</summary>
    public async Task TakeAsync(CompareColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        await HaltAsync();
        Push();
        if (column is { Model: { } name, Tokenizer: { } other }) Adopt(name, column.Fingerprint, other);
        (Draft, Place) = (column.Beginning.Join(column.Draft), null);
        Draft.Runs++;
        await ReadChoicesAsync();
    }

    /// <summary>Ends everything that runs.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Changed = null;
        run?.Cancel();
        reading?.Cancel();
        reader.Dispose();
    }

    /// <summary>The seed of a run: that of the settings for the first one, and another for each further one.</summary>
    internal long NextSeed() => Settings.Seed is long seed ? seed + Draft.Runs : Random.Shared.Next(1_000_000);

    private async Task RunAsync()
    {
        IsRunning = true;
        run?.Dispose();
        run = new CancellationTokenSource();
        // The text that was kept for undo stays as it is.
        (Draft, long seed) = (Draft.Cut(Draft.Length), NextSeed());
        LastSeed = seed;
        Changed?.Invoke();
        CancellationToken stop = run.Token;
        await (running = WriteAsync(seed, stop));
        if (!stop.IsCancellationRequested) await ReadChoicesAsync();
    }

    private async Task HaltAsync()
    {
        if (run is not null) await run.CancelAsync();
        await running;
    }

    private async Task WriteAsync(long seed, CancellationToken stop)
    {
        await WithModelAsync(async (lease, _) =>
        {
            Draft.Runs++;
            SamplingSettings limited = Settings with { Length = Math.Clamp(MaxLength - Draft.Length, 0, Settings.Length) };
            await TextRun.ContinueAsync(lease, Draft, Draft, limited, seed, client, () => Changed?.Invoke(), stop);
        });
        IsRunning = false;
        Changed?.Invoke();
    }

    /// <summary>Opens the model for an action. What goes wrong becomes the <see cref="Problem"/>.</summary>
    /// <param name="action">The action.</param>
    /// <param name="replacesText">Whether the action replaces the text, so that it need not be known to the model.</param>
    private async Task<bool> WithModelAsync(Func<ModelLease, CancellationToken, Task> action, bool replacesText = false)
    {
        try
        {
            (Problem, Refused) = (null, null);
            using ModelLease lease = await store.OpenAsync(model);
            if (fingerprint != lease.Fingerprint) await AdoptAsync(lease, replacesText);
            await action(lease, CancellationToken.None);
            return true;
        }
        catch (Exception exception) when (exception is AphoristException or TimeoutException or IOException)
        {
            Problem = exception;
            return false;
        }
        finally
        {
            Changed?.Invoke();
        }
    }

    /// <summary>Prepares the text for another model, or for another file of the same one.</summary>
    private async Task AdoptAsync(ModelLease lease, bool replacesText)
    {
        Tokenizer next = lease.Model.Tokenizer;
        bool isOther = tokenizer is null || !HaveSameTokens(tokenizer, next);
        if (isOther && replacesText)
        {
            Draft = new();
        }
        else if (isOther && Draft.Length > 0)
        {
            Refused = Draft.ToString();
            Draft = WithOrigins(await TextRun.EncodeAsync(lease, Refused, skipsUnknown: false, client, CancellationToken.None));
            Refused = null;
        }

        Adopt(lease.Name, lease.Fingerprint, next);
    }

    private void Adopt(string name, string? file, Tokenizer next)
    {
        // A model that is being trained has a new file after each epoch, with the same tokens. The ids of other tokens mean nothing.
        if (tokenizer is null || !HaveSameTokens(tokenizer, next))
        {
            undo.Clear();
            redo.Clear();
            Place = null;
        }

        (model, fingerprint, tokenizer, Choices) = (name, file, next, null);
    }

    private static bool HaveSameTokens(Tokenizer one, Tokenizer other) =>
        one.Kind == other.Kind && one.VocabularySize == other.VocabularySize && one.Normalization == other.Normalization
        && Enumerable.Range(0, one.VocabularySize).All(id => one.GetText(id) == other.GetText(id));

    /// <summary>The text in other tokens; who has written a token is who has written its first character.</summary>
    private Draft WithOrigins(Draft encoded)
    {
        List<bool> origins = [.. Draft.Units.SelectMany(unit => Enumerable.Repeat(unit.IsGiven, unit.Text.Length))];
        Draft result = new() { Runs = Draft.Runs };
        int position = 0;
        foreach (TextUnit unit in encoded.Units)
        {
            result.Add(unit with { IsGiven = position >= origins.Count || origins[position] });
            position += unit.Text.Length;
        }

        return result;
    }

    /// <summary>Takes the units that an edited text shares with the text before from there.</summary>
    private Draft KeepStart(Draft edited)
    {
        int common = 0;
        foreach ((TextUnit unit, TextUnit old) in edited.Units.Zip(Draft.Units))
        {
            if (unit.Text != old.Text || unit.Id != old.Id) break;
            common++;
        }

        Draft result = Draft.Cut(common);
        foreach (TextUnit unit in edited.Units.Skip(common)) result.Add(unit);
        return result;
    }

    private async Task ReadChoicesAsync()
    {
        if (reading is not null) await reading.CancelAsync();
        if (isDisposed || model is null || (IsRunning && Place is null)) return;
        using CancellationTokenSource own = reading = new();
        int place = Place ?? Draft.Length;
        Changed?.Invoke();
        try
        {
            using ModelLease lease = await store.OpenAsync(model, own.Token);
            if (lease.Fingerprint != fingerprint) return;
            Choices choices = await reader.ReadAsync(lease.Model, Draft.GetIds(place), place, Settings, own.Token);
            if (own.IsCancellationRequested) return;
            Choices = choices;
        }
        catch (OperationCanceledException)
        {
            // Another place was selected meanwhile.
        }
        catch (Exception exception) when (exception is AphoristException or ObjectDisposedException or ArgumentException)
        {
            if (!isDisposed) Problem ??= exception;
        }
        finally
        {
            if (reading == own) reading = null;
        }

        Changed?.Invoke();
    }

    private void Push()
    {
        undo.Add((Draft, Place));
        if (undo.Count > MaxHistory) undo.RemoveAt(0);
        redo.Clear();
    }

    private async Task MoveAsync(List<(Draft Draft, int? Place)> from, List<(Draft Draft, int? Place)> to)
    {
        await HaltAsync();
        if (from.Count == 0) return;
        to.Add((Draft, Place));
        (Draft, Place) = from[^1];
        from.RemoveAt(from.Count - 1);
        await ReadChoicesAsync();
    }
}
