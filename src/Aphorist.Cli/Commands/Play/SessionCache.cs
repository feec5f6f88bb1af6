namespace Aphorist.Cli.Commands.Play;

/// <summary>What the model remembers at several places of a text, so that little is to be read again where the text changes.</summary>
internal sealed class SessionCache(GenerationSession beginning)
{
    private const int Part = 64;
    private const int MostPlaces = 96;
    private const int Recent = 32;

    private readonly List<(int Length, GenerationSession Session)> places = [(0, beginning)];
    private int[] read = [];

    /// <summary>What the model remembers of these tokens; to be forked and not to be changed.</summary>
    public GenerationSession At(int[] ids, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ReadPart(ids) is GenerationSession session) return session;
        }
    }

    /// <summary>Reads some of what is not read yet, and returns the same as <see cref="At"/> once all is; else null.</summary>
    public GenerationSession? ReadPart(int[] ids)
    {
        int common = ids.AsSpan().CommonPrefixLength(read);
        places.RemoveAll(place => place.Length > common);
        (int length, GenerationSession session) = places[^1];
        read = ids;
        if (length == ids.Length) return session;
        session = session.Fork();
        int end = Math.Min(length + Part, ids.Length);
        while (length < end) session.Append(ids[length++]);
        Keep(end, session);
        return end == ids.Length ? session : null;
    }

    /// <summary>Takes over a session that has gone on from here by itself.</summary>
    public void Take(int[] ids, GenerationSession session)
    {
        int common = ids.AsSpan().CommonPrefixLength(read);
        places.RemoveAll(place => place.Length > common || place.Length == ids.Length);
        Keep(ids.Length, session);
        read = ids;
    }

    /// <summary>Of many places the older ones are thinned out, every time again: the further back, the wider apart.</summary>
    private void Keep(int length, GenerationSession session)
    {
        places.Add((length, session));
        if (places.Count <= MostPlaces) return;
        for (int place = places.Count - Recent; place > 0; place -= 2) places.RemoveAt(place);
    }
}
