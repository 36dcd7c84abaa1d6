using System.Data.Common;
using Microsoft.AspNetCore.Components;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Secrets;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Triggers;

/// <summary>Preview while typing, and the test.</summary>
public sealed partial class TriggerPage
{
    private const int EventsOffered = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(350);

    private IReadOnlyList<EventView> _events = [];
    private IReadOnlyList<string> _secretNames = [];
    private Guid? _eventsOf;
    private CancellationTokenSource? _previewing;
    private PreviewResult? _preview;
    private bool _isStale;
    private ExecutionDetails? _test;
    private string? _testProblem;
    private bool _isSending;

    [Inject] private EventQueries Events { get; set; } = default!;

    [Inject] private SecretStore Secrets { get; set; } = default!;

    [Inject] private TemplateRules Rules { get; set; } = default!;

    [Inject] private TimeProvider Time { get; set; } = default!;

    private async Task LoadHelpAsync()
    {
        _secretNames = [.. (await Secrets.ListAsync(CancellationToken.None)).Select(s => s.Name)];
        await LoadEventsAsync();
        UpdateHelp();
    }

    private async Task LoadEventsAsync()
    {
        _eventsOf = Session.Form.CallbackId;
        _events = _eventsOf is { } callback ? (await Events.ListAsync(callback, null, null, null, EventsOffered, CancellationToken.None)).Items : [];
    }

    private void UpdateHelp() => _help.Set(_sample.Value, _sample.Headers, _sample.Query, _secretNames, Rules.Environment.Names);

    // Called by every field
    private void OnChanged()
    {
        _isStale = true;
        StateHasChanged();
        _ = PreviewAsync(s_pause);
    }

    private async Task SampleChanged()
    {
        UpdateHelp();
        await PreviewNowAsync();
    }

    private async Task UseEventAsync(Guid id)
    {
        if (await Events.FindAsync(id, CancellationToken.None) is not { } details) return;
        _sample.Use(details);
        await SampleChanged();
    }

    private Task PreviewNowAsync() => PreviewAsync(TimeSpan.Zero);

    private async Task PreviewAsync(TimeSpan pause)
    {
        if (!_canEdit) return;
        StopPreview();
        _previewing = new();
        var replaced = _previewing.Token;
        try
        {
            if (pause > TimeSpan.Zero) await Task.Delay(pause, Time, replaced);
            if (State.Form.CallbackId != _eventsOf) await LoadEventsAsync();
            _preview = await Session.PreviewAsync(_sample, replaced);
            _isStale = false;
            if (State.IsDirty) await Drafts.SaveAsync(DraftKey, State.Form, _session?.Saved?.Version, _sample);
        }
        catch (OperationCanceledException) when (replaced.IsCancellationRequested)
        {
            return; // something newer is on its way, or the page is gone
        }
        catch (NotAllowedException exception)
        {
            _problem = exception.Message;
        }
        catch (DbException)
        {
            _problem = "The database does not answer. What you have typed is still here.";
        }
        StateHasChanged();
    }

    private void StopPreview()
    {
        _previewing?.Cancel();
        _previewing?.Dispose();
        _previewing = null;
    }

    private async Task SendTestAsync()
    {
        if (_isSending) return;
        (_isSending, _test, _testProblem) = (true, null, null);
        StateHasChanged();
        try
        {
            var result = await Session.TestAsync(_sample, CancellationToken.None);
            _test = result.Value;
            _testProblem = result.Refusal switch
            {
                null => null,
                Refusal.Invalid { Errors: [var only] } => $"Nothing was sent: {only.Message}",
                Refusal.Invalid invalid => $"Nothing was sent: {invalid.Errors.Count} fields have errors. They are marked.",
                var other => other.Message,
            };
        }
        catch (NotAllowedException exception)
        {
            _testProblem = exception.Message;
        }
        catch (DbException)
        {
            _testProblem = "The database does not answer, so the test cannot be recorded and was not sent.";
        }
        finally
        {
            _isSending = false;
        }
    }
}
