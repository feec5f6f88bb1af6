namespace Aphorist.Server.Observability;

/// <summary>What is measured of one request. Not safe for use by several threads at once, except for its texts.</summary>
internal sealed class RequestMetrics(ServerMetrics metrics, string endpoint)
{
    private readonly long start = metrics.Now;
    private string model = "";
    private bool ended;
    private int firstToken;

    /// <summary>
    /// Sets the model, once it is found: the name of the lease, never a name from the request, since each name becomes a time series.
    /// </summary>
    public void Use(string modelName) => model = modelName;

    /// <summary>Counts the tokens of a prompt, once per prompt.</summary>
    public void ReadPrompt(int tokens) => metrics.CountPromptTokens(model, tokens);

    /// <summary>Starts to measure one of the request's texts, when it is submitted.</summary>
    public TextMetrics StartText() => new(metrics, this, model);

    /// <summary>Ends the request. Later calls are ignored.</summary>
    /// <param name="status">
    /// The status of the answer. After an error in a stream, the status that it would have had before the first byte. 499 if the client
    /// has left.
    /// </param>
    public void End(int status)
    {
        if (ended) return;
        ended = true;
        metrics.CountRequest(endpoint, model, status);
    }

    internal void RecordFirstToken()
    {
        if (Interlocked.Exchange(ref firstToken, 1) == 0) metrics.RecordTimeToFirstToken(model, start);
    }
}

/// <summary>What is measured of one text of a request.</summary>
internal sealed class TextMetrics(ServerMetrics metrics, RequestMetrics request, string model)
{
    private long first, last;
    private int firstTokens, tokens;

    /// <summary>Records how far the text is. Call it for each piece, also for the last one.</summary>
    /// <param name="generatedTokens">The number of tokens until now: <see cref="ScheduledText.GeneratedTokens"/>.</param>
    public void Progress(int generatedTokens)
    {
        if (generatedTokens <= tokens) return;
        metrics.CountGeneratedTokens(model, generatedTokens - tokens);
        last = metrics.Now;
        if (tokens == 0)
        {
            (first, firstTokens) = (last, generatedTokens);
            request.RecordFirstToken();
        }

        tokens = generatedTokens;
    }

    /// <summary>Records the time per token. A text that arrived in one piece has none.</summary>
    public void End()
    {
        if (tokens > firstTokens) metrics.RecordTimePerToken(model, first, last, tokens - firstTokens);
        firstTokens = tokens;
    }
}
