namespace Aphorist.Generation.Scheduling;

/// <summary>Where a text is in a scheduler.</summary>
internal enum TextStage
{
    /// <summary>It waits for a slot in the batch.</summary>
    Waiting,

    /// <summary>It has a slot.</summary>
    Running,

    /// <summary>It waits for its reader.</summary>
    Parked,

    /// <summary>It has a slot, which it loses before the next step.</summary>
    Ending,

    /// <summary>It has left the scheduler.</summary>
    Over,
}

/// <summary>Where a text is in a scheduler, and what it needs there.</summary>
internal sealed class TextPlace
{
    private volatile TextStage stage;

    public TextStage Stage { get => stage; set => stage = value; }

    /// <summary>The state of the text while it has no slot in the batch; null before it starts.</summary>
    public BatchStates? State { get; set; }

    public ClientTexts Client { get; set; } = null!;

    public Timer? Timeout { get; set; }

    /// <summary>The prompt, which other texts may share.</summary>
    public required EncodedPrompt Prompt { get; init; }

    /// <summary>Where it is among those that wait; null if it does not wait.</summary>
    public LinkedListNode<ScheduledText>? Node { get; set; }
}

/// <summary>The tokens of a prompt.</summary>
/// <param name="ids">The ids.</param>
/// <param name="unknownWords">What the unknown tokens stand for, in order; null if that is not needed.</param>
internal sealed class EncodedPrompt(int[] ids, IReadOnlyList<string>? unknownWords = null)
{
    public int[] Ids => ids;

    public IReadOnlyList<string>? UnknownWords => unknownWords;

    /// <summary>The number of texts in the scheduler that have this prompt.</summary>
    public int Users { get; set; }
}

/// <summary>The texts of one client in a scheduler.</summary>
internal sealed class ClientTexts(string name)
{
    public string Name => name;

    /// <summary>All texts that are not over.</summary>
    public int Count { get; set; }

    /// <summary>The texts that have a slot in the batch.</summary>
    public int Running { get; set; }
}

/// <summary>The texts that wait for a slot, and the rule that decides which one is next.</summary>
/// <remarks>
/// First come, first served, but while texts of other clients wait, no client has more than its share: the slots divided by the number of
/// clients. The scheduler's lock guards all members.
/// </remarks>
internal sealed class TextQueue(int slots)
{
    private readonly LinkedList<ScheduledText> waiting = [];
    private readonly Dictionary<string, ClientTexts> clients = [];

    /// <summary>The number of texts that wait.</summary>
    public int Count => waiting.Count;

    /// <summary>The number of slots that each client can have while others wait.</summary>
    public int Share => Math.Max(1, slots / Math.Max(1, clients.Count));

    /// <summary>Whether a text waits whose client has less than its share.</summary>
    public bool HasTextBelowShare => FirstBelowShare() is not null;

    /// <summary>Adds a new text.</summary>
    public void Enter(ScheduledText text, string clientName)
    {
        if (!clients.TryGetValue(clientName, out ClientTexts? client)) clients.Add(clientName, client = new ClientTexts(clientName));
        client.Count++;
        text.Place.Client = client;
        Wait(text, isNew: true);
    }

    /// <summary>Adds a text that has no slot at the moment. One that has started goes before those that have not.</summary>
    public void Wait(ScheduledText text, bool isNew)
    {
        text.Place.Stage = TextStage.Waiting;
        text.Place.Node = isNew ? waiting.AddLast(text) : waiting.AddFirst(text);
    }

    /// <summary>Removes the text that gets the next slot, or returns null if none waits.</summary>
    public ScheduledText? Take()
    {
        ScheduledText? next = FirstBelowShare() ?? waiting.First?.Value;
        if (next is not null) Remove(next);
        return next;
    }

    /// <summary>Removes a text that waits.</summary>
    public void Remove(ScheduledText text)
    {
        waiting.Remove(text.Place.Node!);
        text.Place.Node = null;
    }

    /// <summary>Counts a text as over.</summary>
    public void Leave(ScheduledText text)
    {
        text.Place.Stage = TextStage.Over;
        ClientTexts client = text.Place.Client;
        if (--client.Count == 0) clients.Remove(client.Name);
    }

    private ScheduledText? FirstBelowShare()
    {
        if (clients.Count < 2) return null;
        int share = Share;
        foreach (ScheduledText text in waiting)
            if (text.Place.Client.Running < share) return text;
        return null;
    }
}
