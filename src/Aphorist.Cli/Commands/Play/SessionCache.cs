namespace Aphorist.Cli.Commands.Play;

/// <summary>Keeps the model's state at several positions of a text, so that little has to be read again after a change.</summary>
/// <param name="beginning">The session before the first token.</param>
internal sealed class SessionCache(GenerationSession beginning)
{
    private const int PartLength = 64;
    private const int MaximumPositions = 96;
    private const int RecentPositions = 32;

    private readonly List<(int Length, GenerationSession Session)> positions = [(0, beginning)];
    private int[] read = [];

    /// <summary>Gets the session after these tokens, to be forked and not to be changed.</summary>
    public GenerationSession Get(int[] ids, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Advance(ids) is GenerationSession session) return session;
        }
    }

    /// <summary>
    /// Reads some of the tokens that are not read yet. Returns the session of <see cref="Get"/> once all are; null before.
    /// </summary>
    public GenerationSession? Advance(int[] ids)
    {
        int common = ids.AsSpan().CommonPrefixLength(read);
        positions.RemoveAll(position => position.Length > common);
        (int length, GenerationSession session) = positions[^1];
        read = ids;
        if (length == ids.Length) return session;
        session = session.Fork();
        int end = Math.Min(length + PartLength, ids.Length);
        while (length < end) session.Append(ids[length++]);
        Keep(end, session);
        return end == ids.Length ? session : null;
    }

    /// <summary>Stores a session that has read these tokens.</summary>
    public void Store(int[] ids, GenerationSession session)
    {
        int common = ids.AsSpan().CommonPrefixLength(read);
        positions.RemoveAll(position => position.Length > common || position.Length == ids.Length);
        Keep(ids.Length, session);
        read = ids;
    }

    /// <summary>
    /// Adds a position. If there are too many, every other one of the older ones is removed: the further back, the fewer there are.
    /// </summary>
    private void Keep(int length, GenerationSession session)
    {
        positions.Add((length, session));
        if (positions.Count <= MaximumPositions) return;
        for (int position = positions.Count - RecentPositions; position > 0; position -= 2) positions.RemoveAt(position);
    }
}
