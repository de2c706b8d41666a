#include "service/server/server.h"

#include <chrono>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/grpc.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"

#include "service/intake/intake.h"
#include "service/server/after_commit.h"
#include "service/server/blocker_handler.h"
#include "service/server/broadcast.h"
#include "service/server/call.h"
#include "service/server/call_interceptor.h"
#include "service/server/classification_handler.h"
#include "service/server/classifier_metrics.h"
#include "service/server/erasing.h"
#include "service/server/erasure_handler.h"
#include "service/server/escalation_handler.h"
#include "service/server/executor.h"
#include "service/server/grpc_metrics.h"
#include "service/server/in_flight.h"
#include "service/server/ingestor.h"
#include "service/server/link_backfill.h"
#include "service/server/link_follower.h"
#include "service/server/link_metrics.h"
#include "service/server/metrics.h"
#include "service/server/model_handler.h"
#include "service/server/policy_handler.h"
#include "service/server/purger.h"
#include "service/server/readiness.h"
#include "service/server/replay_handler.h"
#include "service/server/report_handler.h"
#include "service/server/resource_names.h"
#include "service/server/retention_metrics.h"
#include "service/server/root_cause_handler.h"
#include "service/server/shadow.h"
#include "service/server/sweeper.h"
#include "service/server/ticket_event_handler.h"
#include "service/store/group_commit.h"

namespace clearway {
namespace {

// Reads that wait for a thread before new ones are refused.
constexpr size_t kMaxPendingReads = 1024;

constexpr std::chrono::milliseconds kCutInterval(250);

// Less than those who ask are used to wait.
constexpr absl::Duration kReadinessPatience = absl::Seconds(1);

std::vector<std::string> MeteredServices() {
  return {
      v1::TicketEventService::service_full_name(), v1::ClassificationService::service_full_name(),
      v1::BlockerService::service_full_name(),     v1::EscalationService::service_full_name(),
      v1::ReportService::service_full_name(),      v1::ModelService::service_full_name(),
      v1::PolicyService::service_full_name(),      v1::ErasureService::service_full_name(),
      v1::ReplayService::service_full_name(),      v1::RootCauseService::service_full_name()};
}

void SetChannelArguments(grpc::ServerBuilder* builder) {
  // A second server on the same port is a mistake to be told of, not one to share calls with.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Dead peers are found within a minute and a half; clients may ask as often as every ten seconds.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
}

}  // namespace

// In the order of dependence: each is destroyed before what it uses.
struct Server::Impl {
  Impl(const ServerOptions& options, const Dependencies& d)
      : store(d.store),
        tenants(options.tenants),
        review(options.review),
        pacing(options.pacing),
        grpc_metrics(d.registry, MeteredServices()),
        ingest_metrics(d.registry),
        classification_metrics(d.registry),
        blocker_metrics(d.registry, options.max_metric_projects),
        escalation_metrics(d.registry),
        link_metrics(d.registry),
        retention_metrics(d.registry),
        replay_metrics(d.registry),
        classifier(d.models.live(), classification_metrics),
        intake(classifier, d.policies.planners(), d.clock, options.reopen_window, options.review,
               options.pacing, options.retention.raw_events > absl::ZeroDuration()),
        after_commit(blocker_metrics, escalation_metrics, new_escalations, links_changed),
        executor(options.read_threads, kMaxPendingReads),
        commits(d.store, {.max_pending = options.max_pending_events}),
        links(commits, intake, link_metrics, links_changed, steps_due),
        calls(executor, commits, d.clock, d.log, {.max_deadline = options.max_deadline}),
        shadow(d.models, d.registry),
        ingestor(tenants, intake, commits, after_commit, ingest_metrics, shadow),
        ticket_events(ingestor, calls, drain, d.log),
        classification(classifier, review, tenants, calls),
        blockers(d.store, intake, tenants, calls, d.clock, after_commit),
        escalations({d.store, classifier, d.policies.planners(), tenants, calls, d.clock, executor,
                     new_escalations, drain, d.log}),
        reports(d.store, tenants, calls, d.clock),
        root_causes(d.store, tenants, calls, d.clock),
        models(d.models, calls),
        policies(d.policies, calls),
        erasing(d.store, commits, d.clock, retention_metrics),
        erasures(erasing, d.store, tenants, calls),
        replays({d.store, commits, d.models, d.policies.planners(), tenants, executor, d.clock,
                 after_commit, replay_metrics, drain, d.log},
                {options.replay_folder, options.load_model, options.load_policy,
                 options.reopen_window, options.review}),
        readiness([&store = d.store] { return store.CheckReady(); }, kReadinessPatience) {}

  Store& store;
  const Tenants tenants;
  const ReviewPolicy review;
  const Pacing pacing;
  GrpcMetrics grpc_metrics;
  IngestMetrics ingest_metrics;
  ClassificationMetrics classification_metrics;
  BlockerMetrics blocker_metrics;
  EscalationMetrics escalation_metrics;
  LinkMetrics link_metrics;
  RetentionMetrics retention_metrics;
  ReplayMetrics replay_metrics;
  InFlightCalls in_flight;
  Broadcast new_escalations;
  Broadcast links_changed;
  Broadcast steps_due;
  DrainSignal drain;
  const MeteredClassifier classifier;
  const Intake intake;
  const AfterCommit after_commit;
  Executor executor;
  GroupCommit commits;
  LinkFollower links;
  const CallRunner calls;
  Shadow shadow;
  const Ingestor ingestor;
  TicketEventHandler ticket_events;
  ClassificationHandler classification;
  BlockerHandler blockers;
  EscalationHandler escalations;
  ReportHandler reports;
  RootCauseHandler root_causes;
  ModelHandler models;
  PolicyHandler policies;
  Erasing erasing;
  ErasureHandler erasures;
  ReplayHandler replays;
  Readiness readiness;
  std::unique_ptr<grpc::Server> grpc;
  int grpc_port = 0;
  std::unique_ptr<Sweeper> sweeper;
  std::unique_ptr<Purger> purger;
  std::unique_ptr<LinkBackfill> link_backfill;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      const Dependencies& dependencies) {
  auto impl = std::make_unique<Impl>(options, dependencies);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.grpc_address, grpc::InsecureServerCredentials(),
                           &impl->grpc_port);
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  SetChannelArguments(&builder);
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &impl->ticket_events, &impl->classification, &impl->blockers, &impl->escalations,
           &impl->reports, &impl->root_causes, &impl->models, &impl->policies, &impl->erasures,
           &impl->replays}) {
    builder.RegisterService(service);
  }
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(CallInterceptors(impl->grpc_metrics, impl->in_flight));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  impl->grpc = builder.BuildAndStart();
  if (impl->grpc == nullptr || impl->grpc_port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.grpc_address,
                                               "; is another program using the port?"));
  }
  impl->sweeper = std::make_unique<Sweeper>(
      Sweeper::Dependencies{dependencies.store, impl->commits, impl->intake, impl->after_commit,
                            impl->links, impl->steps_due, impl->blocker_metrics,
                            impl->escalation_metrics, dependencies.policies.planners(),
                            impl->tenants, impl->pacing, dependencies.clock, dependencies.log},
      options.sweep_interval);
  impl->purger = std::make_unique<Purger>(
      Purger::Dependencies{dependencies.store, impl->commits, impl->erasing, impl->after_commit,
                           impl->retention_metrics, impl->tenants, dependencies.clock,
                           dependencies.log},
      options.retention);
  impl->link_backfill = std::make_unique<LinkBackfill>(LinkBackfill::Dependencies{
      dependencies.store, impl->commits, impl->after_commit, dependencies.log});
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::grpc_port() const { return impl_->grpc_port; }

absl::Status Server::CheckReady() const {
  if (impl_->drain.draining()) return absl::UnavailableError("the server is shutting down");
  return impl_->readiness.Check();
}

absl::Status Server::Purge() { return impl_->purger->Purge(); }

absl::Status Server::Sweep() { return impl_->sweeper->Sweep(); }

void Server::Drain(absl::Duration patience) {
  if (impl_->grpc == nullptr) return;
  if (auto* const health = impl_->grpc->GetHealthCheckService()) health->SetServingStatus(false);
  impl_->drain.Fire();
  impl_->sweeper->Stop();
  impl_->erasing.Stop();
  impl_->purger->Stop();
  impl_->link_backfill->Stop();
  const auto deadline = absl::ToChronoTime(absl::Now() + patience);
  const auto shutdown =
      std::async(std::launch::async, [this, deadline] { impl_->grpc->Shutdown(deadline); });
  impl_->in_flight.AwaitNone(patience);
  // Streams that are not ours, a load balancer's Health.Watch above all, end only when they are
  // cut; they get a moment to hear of NOT_SERVING.
  while (shutdown.wait_for(kCutInterval) != std::future_status::ready) {
    grpc_server_cancel_all_calls(impl_->grpc->c_server());
  }
  // Every call has been answered by now, so nothing comes any more.
  impl_->commits.Shutdown();
  impl_->executor.Shutdown();
  impl_->shadow.Shutdown();
}

}  // namespace clearway
