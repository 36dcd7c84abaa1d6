using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Components.Pages.Executions;

/// <summary>Replays one execution with a payload that the reader edits.</summary>
public sealed partial class EditReplay
{
    private PayloadDraft? _draft;
    private string? _contentType;
    private string? _problem;
    private bool _isGone;
    private bool _isBusy;
    private bool _isLeaving;

    [Parameter, EditorRequired] public Guid ExecutionId { get; set; }

    [Parameter, EditorRequired] public Guid EventId { get; set; }

    [Parameter] public string? TriggerName { get; set; }

    /// <summary>A new execution was made.</summary>
    [Parameter] public EventCallback<Guid> OnReplayed { get; set; }

    [Parameter] public EventCallback OnClose { get; set; }

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private ReplayCommands Replays { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    private bool IsUnsaved => !_isLeaving && _draft is { IsChanged: true };

    private string State => _draft switch
    {
        { Problem: { } problem } => problem,
        { Kind: DraftKind.Json } => $"Valid JSON, {Format.Size(_draft.Bytes.Length)}",
        _ => Format.Size(_draft!.Bytes.Length),
    };

    protected override async Task OnInitializedAsync()
    {
        var found = await Events.FindAsync(EventId, CancellationToken.None);
        _isGone = found is null;
        _draft = found is null ? null : PayloadDraft.Of(found.Body);
        _contentType = found?.Event.ContentType;
    }

    private async Task SendAsync()
    {
        (_isBusy, _problem) = (true, null);
        // The content type stays the one of the stored event
        var result = await Commands.RunAsync(Permissions.Run, user => Replays.ReplayAsync(ExecutionId, new(_draft!.Bytes, null), user.Actor(), CancellationToken.None));
        (_isBusy, _problem) = (false, result.Refusal?.Message);
        if (result.Value is not { } receipt) return;
        _isLeaving = true;
        StateHasChanged(); // the guard must know before the page moves
        await OnReplayed.InvokeAsync(receipt.ExecutionId);
    }

    private async Task OnKeyAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Escape") await CloseAsync();
    }

    // The guard asks when something would be lost
    private Task CloseAsync() => OnClose.InvokeAsync();

    // Choices on this page move within it, and leave the draft where it is
    private bool StaysHere(string url) => url.Contains($"/{ExecutionId}?", StringComparison.Ordinal) && url.Contains("edit=", StringComparison.Ordinal);
}
