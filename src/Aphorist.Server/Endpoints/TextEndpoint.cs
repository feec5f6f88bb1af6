using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Aphorist.Server.Observability;
using Aphorist.Server.Protocol;
using Aphorist.Server.Security;
using Microsoft.AspNetCore.Http;

namespace Aphorist.Server.Endpoints;

/// <summary>Answers requests for texts: /v1/completions and /v1/chat/completions.</summary>
internal sealed class TextEndpoint(ModelStore models, AphoristServerOptions options)
{
    private const string IgnoredFieldsHeader = "Aphorist-Ignored-Fields";
    private const int MaxIgnoredFieldsLength = 1000;
    private const long MaxBodyBytes = 256 << 20, MaxLogprobs = 8_000_000;

    /// <summary>The bytes of all bodies that are being read or answered.</summary>
    internal Budget Bodies { get; } = new(
        Math.Max(MaxBodyBytes, 16 * options.MaxRequestBytes),
        "Other requests use all the memory that is allowed for large bodies. Try again later.");

    /// <summary>The log-probabilities of all answers that are not complete.</summary>
    internal Budget Logprobs { get; } = new(
        MaxLogprobs,
        "Other requests use all the memory that is allowed for log-probabilities. Try again later, or ask for fewer of them.");

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context, RequestKinds kind, RequestMetrics metrics)
    {
        // Not an exception, and before the body is read, since many requests are refused when a server is overloaded.
        if (models.IsFull)
        {
            await ErrorResponse.WriteAsync(context, ErrorResponse.QueueFull);
            return;
        }

        using Budget.Share body = Bodies.Open(), logprobs = Logprobs.Open();
        TextRequest request = await RequestBody.ReadAsync(context, kind, options, body);
        using ModelLease model = await models.OpenAsync(request.Model, context.RequestAborted);
        metrics.Use(model.Name);
        request.Validate(model.Model.Tokenizer.VocabularySize);
        logprobs.GrowTo(request.LogprobsInMemory);
        IReadOnlyList<ScheduledText> texts = Submit(request, model, ClientOf(context));
        try
        {
            // Without cancellation tokens: when many clients leave at once, exceptions would keep the processors busy.
            await using CancellationTokenRegistration leaving = context.RequestAborted.UnsafeRegister(
                static texts => DisposeAll((IReadOnlyList<ScheduledText>)texts!), texts);
            for (int i = 0; i < texts.Count; i += request.CandidatesPerPrompt) metrics.ReadPrompt(texts[i].PromptTokens);
            if (request.IgnoredFields.Count > 0) context.Response.Headers[IgnoredFieldsHeader] = NamesOf(request.IgnoredFields);
            Answer answer = new(request, model);
            Choice[] choices = answer.CreateChoices();
            bool isComplete = request.IsStreamed
                ? await StreamAsync(context, answer, texts, choices, metrics)
                : await AnswerAsync(context, answer, texts, choices, metrics);
            if (isComplete) return;
            metrics.End(ErrorResponse.ClientLeft);
            // A part of an answer must not look like a whole one.
            if (context.Response.HasStarted) context.Abort();
            else context.Response.StatusCode = ErrorResponse.ClientLeft;
        }
        finally
        {
            DisposeAll(texts);
        }
    }

    private static void DisposeAll(IReadOnlyList<ScheduledText> texts)
    {
        foreach (ScheduledText text in texts) text.Dispose();
    }

    private static IReadOnlyList<ScheduledText> Submit(TextRequest request, ModelLease model, string client)
    {
        // The texts that are best are found by their log-probabilities.
        int? alternatives = request.HasLogprobs || request.CandidatesPerPrompt > request.TextsPerPrompt ? request.Alternatives ?? 0 : null;
        List<GenerationRequest> requests = [];
        foreach (Prompt prompt in request.Prompts)
        {
            for (int i = 0; i < request.CandidatesPerPrompt; i++)
            {
                requests.Add(new GenerationRequest
                {
                    Prompt = prompt.Text,
                    PromptIds = prompt.Ids,
                    Options = i == 0 ? request.Options : request.Options with { Seed = unchecked(request.Options.Seed + (ulong)i) },
                    Alternatives = alternatives,
                    ScorePrompt = request is { Echoes: true, HasLogprobs: true },
                    Client = client,
                });
            }
        }

        try
        {
            return model.Scheduler.Submit(requests);
        }
        catch (InvalidOptionsException exception)
        {
            throw RequestFields.Translate(exception);
        }
        catch (UnknownCharacterException exception)
        {
            Prompt prompt = request.Prompts.Count == 1 ? request.Prompts[0] : FindUnknown(request.Prompts, model.Model.Tokenizer);
            throw new ApiException(400, $"{prompt.Path}: {exception.Message}", prompt.Field, "unknown_character");
        }
    }

    /// <summary>The first prompt that has an unknown character.</summary>
    private static Prompt FindUnknown(IReadOnlyList<Prompt> prompts, Tokenizer tokenizer)
    {
        foreach (Prompt prompt in prompts)
        {
            try
            {
                tokenizer.Encode(tokenizer.Normalization.Apply(prompt.Text));
            }
            catch (UnknownCharacterException)
            {
                return prompt;
            }
        }

        return prompts[0];
    }

    /// <returns>Whether the answer is complete. If not, the client has left.</returns>
    private static async Task<bool> AnswerAsync(
        HttpContext context, Answer answer, IReadOnlyList<ScheduledText> texts, Choice[] choices, RequestMetrics metrics)
    {
        TextRequest request = answer.Request;
        bool isComplete = await ReadAllAsync(
            texts,
            (index, piece) =>
            {
                choices[index].Add(piece, request.HasLogprobs);
                return default;
            },
            metrics);
        if (!isComplete) return false;
        context.Response.ContentType = "application/json";
        return await answer.WriteAsync(context.Response.BodyWriter, ChooseBest(choices, request), UsageOf(texts, request));
    }

    /// <returns>Whether the stream has an end. If not, the client has left.</returns>
    private static async Task<bool> StreamAsync(
        HttpContext context, Answer answer, IReadOnlyList<ScheduledText> texts, Choice[] choices, RequestMetrics metrics)
    {
        HttpResponse response = context.Response;
        PipeWriter output = response.BodyWriter;
        using FrameWriter frames = new(output, answer);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        // Reverse proxies collect answers otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
        using SemaphoreSlim writing = new(1, 1);
        try
        {
            if (!await ReadAllAsync(texts, WriteAsync, metrics)) return false;
            frames.WriteEnd(UsageOf(texts, answer.Request));
        }
        catch (Exception exception) when (response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            ApiException error = ErrorResponse.Describe(context, exception);
            metrics.End(error.Status);
            frames.WriteError(error);
        }

        return !(await output.FlushAsync()).IsCompleted;

        async ValueTask WriteAsync(int index, TextPiece piece)
        {
            await writing.WaitAsync();
            try
            {
                // Not earlier: a text that fails before its first piece is answered with a status of its own.
                if (!response.HasStarted) await response.StartAsync();
                if (frames.Write(choices[index], piece)) await output.FlushAsync();
            }
            finally
            {
                writing.Release();
            }
        }
    }

    /// <summary>Reads texts at the same time. If one fails, the others end.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="use">Receives the index of a text and its next piece.</param>
    /// <param name="metrics">Receives the progress.</param>
    /// <returns>Whether all texts are complete. A text that is disposed ends early, without an exception.</returns>
    private static async Task<bool> ReadAllAsync(
        IReadOnlyList<ScheduledText> texts, Func<int, TextPiece, ValueTask> use, RequestMetrics metrics)
    {
        ExceptionDispatchInfo? failure = null;
        bool[] areComplete = await Task.WhenAll(texts.Select((text, index) => ReadAsync(text, index)));
        failure?.Throw();
        return areComplete.All(isComplete => isComplete);

        async Task<bool> ReadAsync(ScheduledText text, int index)
        {
            TextMetrics progress = metrics.StartText();
            bool isComplete = false;
            try
            {
                await foreach (TextPiece piece in text)
                {
                    progress.Progress(text.GeneratedTokens);
                    await use(index, piece);
                    isComplete = piece.FinishReason is not null;
                }
            }
            catch (Exception exception)
            {
                // The first failure says why: others can follow from it.
                ExceptionDispatchInfo captured = ExceptionDispatchInfo.Capture(exception);
                if (Interlocked.CompareExchange(ref failure, captured, null) is null) DisposeAll(texts);
            }
            finally
            {
                progress.End();
            }

            return isComplete;
        }
    }

    private static IEnumerable<Choice> ChooseBest(Choice[] choices, TextRequest request)
    {
        if (request.CandidatesPerPrompt == request.TextsPerPrompt) return choices;
        return choices
            .Chunk(request.CandidatesPerPrompt)
            .SelectMany(candidates => candidates.OrderByDescending(choice => choice.MeanLogProbability).Take(request.TextsPerPrompt))
            .Select((choice, index) => choice with { Index = index });
    }

    private static Usage UsageOf(IReadOnlyList<ScheduledText> texts, TextRequest request) => new(
        texts.Where((_, index) => index % request.CandidatesPerPrompt == 0).Sum(text => (long)text.PromptTokens),
        texts.Sum(text => (long)text.GeneratedTokens));

    private static string ClientOf(HttpContext context) =>
        context.Items.TryGetValue(RequestGuard.ClientItem, out object? client) && client is string name
            ? name
            : context.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>Names as the value of a header, which has only some characters and is not too long.</summary>
    private static string NamesOf(List<string> names)
    {
        System.Text.StringBuilder joined = new();
        foreach (string name in names)
        {
            string escaped = Uri.EscapeDataString(name);
            if (joined.Length + escaped.Length > MaxIgnoredFieldsLength) return $"{joined}, ...".TrimStart(',', ' ');
            joined.Append(joined.Length > 0 ? ", " : "").Append(escaped);
        }

        return joined.ToString();
    }
}
