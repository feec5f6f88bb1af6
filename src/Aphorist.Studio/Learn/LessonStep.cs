using Aphorist.Studio.Components;
using Microsoft.AspNetCore.Components;

namespace Aphorist.Studio.Learn;

/// <summary>The base of the steps: they share a lesson, and are shown again when its training has changed.</summary>
public abstract class LessonStep : StudioComponent, IDisposable
{
    private IDisposable? watcher;

    /// <summary>The text and the models.</summary>
    [Parameter, EditorRequired]
    public Lesson Lesson { get; set; } = null!;

    /// <summary>Whether the step starts the training of the model that it needs.</summary>
    protected virtual bool NeedsModel => false;

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) return;
        watcher = Lesson.Watch(() => _ = InvokeAsync(UpdateAsync));
        if (!NeedsModel) return;
        if (Lesson.Trained is null) Lesson.Start();
        _ = UpdateAsync();
    }

    /// <summary>Happens when the training has changed, and at the beginning.</summary>
    protected virtual Task OnTrainingAsync() => Task.CompletedTask;

    private async Task UpdateAsync()
    {
        try
        {
            await OnTrainingAsync();
            StateHasChanged();
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    /// <summary>Ends watching.</summary>
    public void Dispose()
    {
        watcher?.Dispose();
        GC.SuppressFinalize(this);
    }
}
