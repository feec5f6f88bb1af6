namespace Aphorist.Generation.Scheduling;

/// <summary>The texts that have a slot in the batch, in its order. The scheduler's lock guards all members.</summary>
/// <param name="batch">The batch.</param>
/// <param name="scoresStatefully">Whether the state is carried from token to token while a prompt is scored.</param>
internal sealed class RunningTexts(RowBatch batch, bool scoresStatefully)
{
    private readonly List<ScheduledText> texts = [];

    public int Count => texts.Count;

    public ScheduledText this[int index] => texts[index];

    /// <summary>Starts a text, or continues one that was paused.</summary>
    public void Add(ScheduledText text)
    {
        TextRow row = text.Row ?? text.Start(batch.CountInvisible(text.PromptTokens), scoresStatefully);
        batch.Add(row, text.Place.State);
        text.Place.State = null;
        text.Place.Stage = TextStage.Running;
        text.Place.Client.Running++;
        texts.Add(text);
    }

    /// <summary>Removes a text. The last one takes its slot.</summary>
    public ScheduledText RemoveAt(int index)
    {
        ScheduledText text = texts[index];
        batch.RemoveAt(index);
        texts[index] = texts[^1];
        texts.RemoveAt(texts.Count - 1);
        text.Place.Client.Running--;
        return text;
    }

    /// <summary>Removes a text, which keeps its state, so that it can be added again.</summary>
    public ScheduledText Pause(int index)
    {
        texts[index].Place.State = batch.CopyState(index);
        // What the reader does not know of yet would wait as long as the text.
        texts[index].Output.Tell(Environment.TickCount64);
        return RemoveAt(index);
    }

    /// <summary>
    /// Returns the index of a text that must give its slot to one that waits: one of a client that has more than its share. Null if no
    /// slot must change hands.
    /// </summary>
    public int? ChooseToPause(TextQueue queue)
    {
        if (!queue.HasTextBelowShare) return null;
        for (int index = texts.Count - 1; index >= 0; index--)
            if (texts[index].Place.Client.Running > queue.Share) return index;
        return null;
    }
}
