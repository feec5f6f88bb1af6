using System.Runtime.CompilerServices;
using Aphorist.Server.Protocol;
using Microsoft.Extensions.AI;

namespace Aphorist.Server;

/// <summary>
/// An <see cref="IChatClient"/> that generates text with a model in this process: offline, and always the same text for the same seed.
/// Safe to use from several threads at once.
/// </summary>
/// <remarks>
/// <para>
/// The models continue texts; they do not follow instructions. The text of the last message is the prompt, as it is, and the answer
/// continues it. Earlier messages and <see cref="ChatOptions.Instructions"/> are ignored.
/// </para>
/// <para>
/// <see cref="ChatOptions.AdditionalProperties"/> may have the numbers <c>min_p</c>, <c>typical_p</c>, <c>repeat_penalty</c> and
/// <c>repeat_last_n</c>. Others are ignored. For all options of the library, set <see cref="ChatOptions.RawRepresentationFactory"/> to a
/// function that returns <see cref="GenerationOptions"/>; other properties that are set have priority.
/// </para>
/// </remarks>
public sealed class AphoristChatClient : IChatClient
{
    // One of the two: the model of a server is opened for each text.
    private readonly GenerationScheduler? scheduler;
    private readonly Func<CancellationToken, Task<ModelLease>>? open;
    private readonly bool ownsScheduler;
    private readonly ChatClientMetadata metadata;

    /// <summary>Creates a client of a scheduler, which the client does not dispose.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="modelId">The name of the model in answers. None by default.</param>
    public AphoristChatClient(GenerationScheduler scheduler, string? modelId = null)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        (this.scheduler, metadata) = (scheduler, MetadataOf(modelId));
    }

    /// <summary>Creates a client of a model. Dispose it to end its threads.</summary>
    /// <param name="model">The model. The client uses the parameters that the model has now.</param>
    /// <param name="modelId">The name of the model in answers. None by default.</param>
    public AphoristChatClient(LanguageModel model, string? modelId = null) : this(new GenerationScheduler(model), modelId) =>
        ownsScheduler = true;

    internal AphoristChatClient(Func<CancellationToken, Task<ModelLease>> open, string? modelId) =>
        (this.open, metadata) = (open, MetadataOf(modelId));

    /// <summary>Generates a text.</summary>
    /// <param name="messages">The messages. The text of the last one is the prompt.</param>
    /// <param name="options">The options; null for the defaults of <see cref="GenerationOptions"/>.</param>
    /// <param name="cancellationToken">Stops the generation.</param>
    /// <returns>The text, in one message of the assistant, without the prompt.</returns>
    /// <exception cref="NotSupportedException">
    /// The options have tools or another format than text, or the last message has other content than text.
    /// </exception>
    /// <exception cref="ArgumentException">There is no message, or an additional property is not a number.</exception>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    /// <exception cref="UnknownCharacterException">The prompt has a character that the model does not know.</exception>
    /// <exception cref="QueueFullException">Too many texts wait.</exception>
    /// <exception cref="SchedulerStoppedException">The scheduler has stopped.</exception>
    /// <exception cref="InvalidOperationException">The server has no such model, cannot load it, or is stopping.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        GenerationOptions read = ChatOptionsReader.Read(options, this);
        if (read.MaxTokens is null)
            throw new InvalidOptionsException(
                "MaxTokens is null, which only streaming responses accept. Set a limit.", nameof(GenerationOptions.MaxTokens));
        return StreamAsync(PromptOf(messages), read, cancellationToken).ToChatResponseAsync(cancellationToken);
    }

    /// <summary>Generates a text and returns it piece by piece.</summary>
    /// <returns>The pieces. The last one has the finish reason and the numbers of tokens.</returns>
    /// <inheritdoc cref="GetResponseAsync"/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync(PromptOf(messages), ChatOptionsReader.Read(options, this), cancellationToken);

    /// <summary>Returns the client's metadata, its scheduler or the client itself, if one of them has the type.</summary>
    /// <param name="serviceType">The type.</param>
    /// <param name="serviceKey">Must be null.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(ChatClientMetadata) ? metadata
            : serviceType == typeof(GenerationScheduler) ? scheduler
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Ends the threads of a client that was created with a model. Its running texts are aborted.</summary>
    public void Dispose()
    {
        if (ownsScheduler) scheduler!.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static ChatClientMetadata MetadataOf(string? modelId) => new("aphorist", null, modelId);

    private static string PromptOf(IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage last = messages.LastOrDefault() ?? throw new ArgumentException("There is no message to answer.", nameof(messages));
        if (last.Contents.FirstOrDefault(content => content is not TextContent) is { } other)
            throw new NotSupportedException($"The last message has {other.GetType().Name}. The models only read text.");
        return last.Text;
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        string prompt, GenerationOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using ModelLease? lease = open is null ? null : await OpenAsync(open, cancellationToken).ConfigureAwait(false);
        GenerationScheduler generator = scheduler ?? lease!.Scheduler;
        // As in requests over HTTP: one value fits all models.
        if (options.TopK > generator.Tokenizer.VocabularySize) options = options with { TopK = 0 };
        using ScheduledText text = generator.Submit(new GenerationRequest { Prompt = prompt, Options = options });
        string id = $"chatcmpl-{Guid.NewGuid():N}";
        DateTimeOffset created = DateTimeOffset.UtcNow;
        await foreach (TextPiece piece in text.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ChatResponseUpdate update = new(ChatRole.Assistant, piece.Text)
            {
                ResponseId = id,
                MessageId = id,
                ModelId = metadata.DefaultModelId,
                CreatedAt = created,
            };
            if (piece.FinishReason is { } reason)
            {
                update.FinishReason = reason == FinishReason.Stop ? ChatFinishReason.Stop : ChatFinishReason.Length;
                update.Contents.Add(new UsageContent(new UsageDetails
                {
                    InputTokenCount = text.PromptTokens,
                    OutputTokenCount = text.GeneratedTokens,
                    TotalTokenCount = text.PromptTokens + text.GeneratedTokens,
                }));
            }

            yield return update;
        }
    }

    private static async Task<ModelLease> OpenAsync(
        Func<CancellationToken, Task<ModelLease>> open, CancellationToken cancellationToken)
    {
        try
        {
            return await open(cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException exception)
        {
            throw new InvalidOperationException(exception.Message, exception);
        }
    }
}
