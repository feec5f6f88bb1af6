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
    private readonly SemaphoreSlim turn = new(1);
    private CancellationTokenSource? acting, reading;
    private string? model, fingerprint;
    private Tokenizer? tokenizer;
    private int lastAction;
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
        // At once: an action that is going on looks at the name again when its model is open.
        (model, Choices) = (name, null);
        await ActAsync(stop => WithModelAsync(_ => Task.CompletedTask, stop: stop));
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
        bool isDone = false;
        // It is never cancelled: a text that somebody has typed is not lost.
        await ActAsync(async _ => isDone = await WithModelAsync(async lease =>
        {
            Refused = text;
            Draft edited = await TextRun.EncodeAsync(lease, text, skipsUnknown, client, CancellationToken.None);
            Refused = null;
            Draft next = KeepStart(edited);
            if (next.Length == Draft.Length && next.ToString() == Draft.ToString()) return;
            Push();
            // The text is a beginning now: the next run is its first.
            next.Runs = 0;
            (Draft, Place) = (next, null);
        }, replacesText: true, stop: CancellationToken.None));
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
    public Task WriteAsync() => ActAsync(async stop =>
    {
        if (IsFull) return;
        Push();
        Place = null;
        await RunAsync(stop);
    });

    /// <summary>
    /// Puts a token at a place. In the middle of the text, the rest is written anew after it; at the end, the token is added and the end
    /// stays selected.
    /// </summary>
    /// <param name="place">The number of units before it.</param>
    /// <param name="id">The id of the token.</param>
    public Task ChooseAsync(int place, int id) => ActAsync(async stop =>
    {
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
        if (!isEnd) await RunAsync(stop);
    });

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
    public Task StopAsync() => ActAsync(_ => Task.CompletedTask);

    public Task UndoAsync() => MoveAsync(undo, redo);

    public Task RedoAsync() => MoveAsync(redo, undo);

    /// <summary>Continues with a text of a comparison, and with the model that has written it.</summary>
    public Task TakeAsync(CompareColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return ActAsync(_ =>
        {
            Push();
            if (column is { Model: { } name, Tokenizer: { } other })
            {
                model = name;
                Adopt(column.Fingerprint, other);
            }

            (Draft, Place) = (column.Beginning.Join(column.Draft), null);
            Draft.Runs++;
            return Task.CompletedTask;
        });
    }

    /// <summary>Ends everything that runs.</summary>
    public void Dispose()
    {
        isDisposed = true;
        Changed = null;
        acting?.Cancel();
        reading?.Cancel();
        reader.Dispose();
    }

    /// <summary>The seed of a run: that of the settings for the first one, and another for each further one.</summary>
    internal long NextSeed() => Settings.Seed is long seed ? seed + Draft.Runs : Random.Shared.Next(1_000_000);

    /// <summary>Does something with the text, after all actions before it. A text that is being written stops.</summary>
    private async Task ActAsync(Func<CancellationToken, Task> action)
    {
        int own = ++lastAction;
        if (acting is { } before) await before.CancelAsync();
        await turn.WaitAsync();
        try
        {
            if (isDisposed) return;
            CancellationTokenSource stop = acting = new();
            // An action that came meanwhile waits already: this one changes the text, but writes nothing.
            if (own != lastAction) await stop.CancelAsync();
            await action(stop.Token);
        }
        finally
        {
            acting = null;
            turn.Release();
        }

        if (own == lastAction) await ReadChoicesAsync();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        IsRunning = true;
        // The text that was kept for undo stays as it is.
        (Draft, long seed) = (Draft.Cut(Draft.Length), NextSeed());
        LastSeed = seed;
        Changed?.Invoke();
        try
        {
            await WithModelAsync(async lease =>
            {
                Draft.Runs++;
                SamplingSettings limited = Settings with { Length = Math.Clamp(MaxLength - Draft.Length, 0, Settings.Length) };
                await TextRun.ContinueAsync(lease, Draft, Draft, limited, seed, client, () => Changed?.Invoke(), stop);
            }, stop: stop);
        }
        finally
        {
            IsRunning = false;
        }

        Changed?.Invoke();
    }

    /// <summary>Opens the model for an action. What goes wrong becomes the <see cref="Problem"/>.</summary>
    /// <param name="action">The action.</param>
    /// <param name="replacesText">Whether the action replaces the text, so that it need not be known to the model.</param>
    /// <param name="stop">Stops waiting for the model.</param>
    private async Task<bool> WithModelAsync(Func<ModelLease, Task> action, bool replacesText = false, CancellationToken stop = default)
    {
        try
        {
            (Problem, Refused) = (null, null);
            using ModelLease lease = await OpenAsync(stop);
            if (fingerprint != lease.Fingerprint) await AdoptAsync(lease, replacesText);
            await action(lease);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
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

    /// <summary>Opens the model, which may become another one while it is loaded.</summary>
    private async Task<ModelLease> OpenAsync(CancellationToken stop)
    {
        while (true)
        {
            ModelLease lease = await store.OpenAsync(model, stop);
            if (model is null || lease.Name == model) return lease;
            lease.Dispose();
        }
    }

    /// <summary>Prepares the text for another model, or for another file of the same one.</summary>
    private async Task AdoptAsync(ModelLease lease, bool replacesText)
    {
        Tokenizer next = lease.Model.Tokenizer;
        bool isOther = !HasTokensOf(next);
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

        model ??= lease.Name;
        Adopt(lease.Fingerprint, next);
    }

    private void Adopt(string? file, Tokenizer next)
    {
        // A model that is being trained has a new file after each epoch, with the same tokens. The ids of other tokens mean nothing.
        if (!HasTokensOf(next))
        {
            undo.Clear();
            redo.Clear();
            (Place, Choices) = (null, null);
        }

        (fingerprint, tokenizer) = (file, next);
    }

    private bool HasTokensOf(Tokenizer other) => tokenizer is { } own
        && own.Kind == other.Kind && own.VocabularySize == other.VocabularySize && own.Normalization == other.Normalization
        && Enumerable.Range(0, own.VocabularySize).All(id => own.GetText(id) == other.GetText(id));

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
        CancellationTokenSource? old = reading;
        bool isNeeded = !isDisposed && model is not null && (!IsRunning || Place is not null);
        CancellationTokenSource? own = reading = isNeeded ? new() : null;
        if (old is not null) await old.CancelAsync();
        if (own is null) return;
        // A handler of the change may call this session again, so it must not run inside this call.
        await Task.Yield();
        Changed?.Invoke();
        try
        {
            using ModelLease lease = await OpenAsync(own.Token);
            if (lease.Fingerprint != fingerprint) await AdoptInTurnAsync(lease, own.Token);
            own.Token.ThrowIfCancellationRequested();
            int place = Place ?? Draft.Length;
            Choices choices = await reader.ReadAsync(lease.Model, Draft.GetIds(place), place, Settings, own.Token);
            if (own.IsCancellationRequested || lease.Name != model) return;
            Choices = choices;
        }
        catch (OperationCanceledException)
        {
            // Another place was selected meanwhile.
        }
        catch (Exception exception) when (exception
            is AphoristException or TimeoutException or IOException or ObjectDisposedException or ArgumentException)
        {
            if (!isDisposed) Problem ??= exception;
        }
        finally
        {
            if (reading == own) reading = null;
        }

        Changed?.Invoke();
    }

    /// <summary>Opens the file that has replaced that of the model, unless an action has done so meanwhile.</summary>
    private async Task AdoptInTurnAsync(ModelLease lease, CancellationToken cancellation)
    {
        if (HasTokensOf(lease.Model.Tokenizer))
        {
            // The text stays as it is, also one that is being written.
            Adopt(lease.Fingerprint, lease.Model.Tokenizer);
            return;
        }

        await turn.WaitAsync(cancellation);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (lease.Name == model && lease.Fingerprint != fingerprint) await AdoptAsync(lease, replacesText: false);
        }
        finally
        {
            turn.Release();
        }
    }

    private void Push()
    {
        undo.Add((Draft, Place));
        if (undo.Count > MaxHistory) undo.RemoveAt(0);
        redo.Clear();
    }

    private Task MoveAsync(List<(Draft Draft, int? Place)> from, List<(Draft Draft, int? Place)> to) => ActAsync(_ =>
    {
        if (from.Count == 0) return Task.CompletedTask;
        to.Add((Draft, Place));
        (Draft, Place) = from[^1];
        from.RemoveAt(from.Count - 1);
        return Task.CompletedTask;
    });
}
