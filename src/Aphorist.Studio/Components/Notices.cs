namespace Aphorist.Studio.Components;

/// <summary>A message at the edge of the page, such as "Deleted" with a button that undoes it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Action">The text of the button; null for none.</param>
/// <param name="Run">What the button does.</param>
/// <param name="IsError">Whether something went wrong. Errors stay until they are closed; others for some seconds.</param>
public sealed record Notice(string Text, string? Action = null, Func<Task>? Run = null, bool IsError = false);

/// <summary>The messages of one open page.</summary>
public sealed class Notices
{
    private readonly List<Notice> shown = [];

    /// <summary>Happens when the messages change.</summary>
    public event Action? Changed;

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<Notice> Shown => shown;

    /// <summary>Shows a message.</summary>
    public void Show(Notice notice)
    {
        shown.Add(notice);
        Changed?.Invoke();
    }

    /// <summary>Hides a message.</summary>
    public void Hide(Notice notice)
    {
        if (shown.Remove(notice)) Changed?.Invoke();
    }
}
