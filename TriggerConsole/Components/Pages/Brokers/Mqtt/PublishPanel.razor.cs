using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Authentication;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Mqtt;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Brokers.Mqtt;

public sealed partial class PublishPanel
{
    private const int MostSent = 20;
    private const int MostShown = 80;

    private static readonly (MessageFormat, string)[] s_formats = [(MessageFormat.Json, "JSON"), (MessageFormat.Xml, "XML"), (MessageFormat.Text, "Text")];

    private PublishForm _form = new();
    private IReadOnlyList<SentMessage> _sent = [];
    private ExecutionDetails? _made;
    private string? _problem;
    private bool _isBusy;
    private bool _hasOpened;

    [Inject] private MqttPublisher Publisher { get; set; } = default!;

    [Inject] private SentMessages Sent { get; set; } = default!;

    [Inject] private PageCommands Commands { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    [Parameter, EditorRequired] public required BrokerRow Broker { get; set; }

    /// <summary>The broker speaks 3.1.1, which has no properties.</summary>
    [Parameter] public bool SpeaksOld { get; set; }

    protected override bool Concerns(FeedChange change) => change.Truncated || change.Changes.Any(c => c.TriggerId is null);

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken) => _sent = await Sent.ListAsync(Broker.Id, MostSent, cancellationToken);

    private async Task PublishAsync()
    {
        if (_isBusy) return;
        (_made, _problem) = (null, null);
        if (_form.ToInput(Broker.Id) is not { } input)
        {
            await ShowFirstErrorAsync();
            return;
        }
        _isBusy = true;
        // The first wait shows that it is under way
        var result = await Commands.RunAsync(Policies.Editor, user => Publisher.PublishAsync(input, user.Actor(), CancellationToken.None));
        (_isBusy, _made) = (false, result.Value);
        if (result.Refusal is Refusal.Invalid invalid)
        {
            _form.Refuse(invalid.Errors);
            await ShowFirstErrorAsync();
        }
        else _problem = result.Refusal?.Message;
        await ReloadAsync();
    }

    private async Task ShowFirstErrorAsync()
    {
        _problem = "Nothing was sent: the form has errors. They are marked.";
        _hasOpened |= _form.HasPropertyErrors;
        StateHasChanged();
        if (_form.FirstError is { } id) await Browser.InvokeVoidAsync("tc.focusId", id);
    }

    private async Task UseAgainAsync(SentMessage message)
    {
        _form = PublishForm.Of(message.Message);
        _hasOpened = _form.PropertiesInWords is not null;
        (_made, _problem) = (null, null);
        await Browser.InvokeVoidAsync("tc.focusId", PublishForm.IdOf("topic"));
    }

    private static string Short(SentMessage sent)
    {
        if (sent.Message.BodyEncoding == "base64") return $"binary, {Format.Size(sent.Message.BodySize)}";
        var text = string.Join(' ', (sent.Message.Body ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? "(empty)" : text.Length <= MostShown ? text : text[..MostShown] + "…";
    }
}
